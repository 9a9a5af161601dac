"""Actions of the moderation site, as a moderator's browser sends them."""

from __future__ import annotations

from django.test import Client


def act(moderator_client: Client, model: str, action: str, *pks: object, **fields: str) -> str:
    data = {"action": action, "_selected_action": [str(pk) for pk in pks], **fields}
    answer = moderator_client.post(f"/admin/wishlists/{model}/", data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()

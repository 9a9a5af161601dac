"""Questions by link: guests ask and read answers without names, and cannot read messages between givers."""

from __future__ import annotations

import pytest

from sharing.tests.conftest import refused
from tests.support.api_clients import Api
from wishlists.models import Item, Message


@pytest.fixture
def talk(item: Item) -> str:
    return f"/public/wishlists/items/{item.pk}/messages"


def test_guest_asks_and_deletes_the_question(
    as_alice: Api, as_bob: Api, anybody: Api, talk: str, token: str
) -> None:
    made = anybody(
        "POST", f"{talk}?token={token}&lane=questions", {"text": "Which size?", "guest_name": "Mia"}
    )
    assert made.status_code == 201
    manage = {"x-manage-token": made.json()["manage_token"]}
    inside = f"/wishlists/{Item.objects.get().wishlist_id}/items/{Item.objects.get().pk}/messages"
    as_alice("POST", inside, {"text": "Large", "answer_to": made.json()["id"]})
    rows = anybody("GET", f"{talk}?token={token}", headers=manage).json()
    assert [(row["text"], row["display_name"], row["is_me"]) for row in rows] == [
        ("Which size?", None, True),
        ("Large", None, False),
    ]
    assert [row["display_name"] for row in as_bob("GET", inside).json()] == ["Mia", "Alice"]
    own = f"{talk}/{made.json()['id']}?token={token}"
    assert refused(anybody("DELETE", own)) == (400, "manage_token_required")
    assert refused(as_bob("DELETE", own)) == (404, "no_such_message")
    assert anybody("DELETE", own, headers=manage).status_code == 204
    assert anybody("GET", f"{talk}?token={token}").json() == []


def test_messages_between_givers_are_not_available_by_link(
    as_bob: Api, anybody: Api, talk: str, token: str, item: Item
) -> None:
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/messages", {"text": "x", "lane": "givers"})
    assert anybody("GET", f"{talk}?token={token}").json() == []
    assert anybody("GET", f"{talk}?token={token}&lane=givers").json() == []
    answer = anybody("POST", f"{talk}?token={token}", {"text": "x", "lane": "givers", "guest_name": "Mia"})
    assert refused(answer) == (403, "members_only")
    assert Message.objects.count() == 1


def test_recipient_by_link_reads_questions_only(
    as_alice: Api, as_bob: Api, talk: str, token: str, item: Item
) -> None:
    inside = f"/wishlists/{item.wishlist_id}/items/{item.pk}/messages"
    as_bob("POST", inside, {"text": "secret", "lane": "givers"})
    as_bob("POST", inside, {"text": "Which?", "lane": "questions"})
    [row] = as_alice("GET", f"{talk}?token={token}").json()
    assert (row["text"], row["display_name"]) == ("Which?", None)
    assert refused(as_alice("POST", f"{talk}?token={token}", {"text": "x", "lane": "givers"})) == (
        403,
        "recipient",
    )

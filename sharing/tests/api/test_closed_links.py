"""Links of a deactivated tenant or owner answer 410, and work again afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import Model
from django.test import Client

from accounts.models import Tenant, User
from sharing.access.invitation_tokens import Kind, invitation_token
from sharing.services.inviting import invite
from sharing.tests.conftest import ShareLink
from tests.support.api_clients import Api
from wishlists.models import Wishlist


@pytest.fixture(params=[Tenant, User])
def closed(request: pytest.FixtureRequest, wishlist: Wishlist) -> Callable[[bool], None]:
    """Deactivate Alice's tenant or Alice, or activate them again."""
    model: type[Model] = request.param
    pk = wishlist.tenant_id if model is Tenant else wishlist.owner_id

    def close(is_closed: bool) -> None:
        row = model._default_manager.get(pk=pk)
        row.is_active = not is_closed  # type: ignore[attr-defined]
        row.save(update_fields=["is_active"])

    return close


def test_closed_link_answers_410_everywhere(
    share_link: ShareLink,
    anybody: Api,
    share: str,
    wishlist: Wishlist,
    alice: User,
    closed: Callable[[bool], None],
) -> None:
    named = anybody("POST", f"/public/guests?token={share_link.token}", {"guest_name": "Rose"}).json()
    invited = invitation_token(
        invite(kind=Kind.LIST, target=wishlist, by=alice, email="x@example.com", role="viewer")
    )
    opened = anybody("GET", f"/public/wishlists?token={share_link.token}")
    browser, known = Client(), {"if-none-match": opened["ETag"]}

    def statuses() -> list[int]:
        return [
            anybody("GET", f"/public/wishlists?token={share_link.token}").status_code,
            anybody("GET", f"/public/wishlists?token={share_link.token}", headers=known).status_code,
            share_link.patch(anybody, {"reservation_status": "reserved", "guest_name": "Ida"}).status_code,
            browser.get(share).status_code,
            browser.get(f"/g/{named['manage_token']}").status_code,
            anybody("GET", f"/invitations?token={invited}").status_code,
            browser.get(f"/join/{invited}").status_code,
        ]

    assert statuses() == [200, 304, 200, 200, 200, 200, 200]
    closed(True)
    assert statuses() == [410] * 7
    assert share_link.patch(anybody, {"reservation_status": "available"}).json()["code"] == "link_closed"
    closed(False)
    assert statuses()[0::3] == [200, 200, 200]

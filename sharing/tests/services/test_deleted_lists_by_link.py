"""Guests who gave by link are told that the list was deleted, although the link no longer works by then."""

from __future__ import annotations

import pytest

from accounts.models import Notification, User
from sharing.tests.conftest import ShareLink
from tests.support.api_clients import Api


@pytest.mark.parametrize("is_open", [True, pytest.param(False, id="the link was revoked before")])
def test_giver_by_link_is_notified_if_the_link_worked(
    is_open: bool, as_alice: Api, as_charlie: Api, share_link: ShareLink, charlie: User
) -> None:
    address = f"/wishlists/{share_link.item.wishlist_id}"
    assert share_link.patch(as_charlie, {"reservation_status": "reserved"}).status_code == 200
    if not is_open:
        as_alice("DELETE", f"{address}/public-link")
    as_alice("DELETE", address)
    notices = Notification.objects.filter(user=charlie).values_list("kind", "payload")
    assert list(notices) == ([("wishlist_deleted", {"list_title": "Alice's birthday"})] if is_open else [])

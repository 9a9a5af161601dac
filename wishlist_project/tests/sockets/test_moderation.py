"""An action in the admin reaches the sockets like anything else: it goes through services."""

from __future__ import annotations

import httpx
import pytest

from accounts.models import User
from conftest import PASSWORD
from sharing.models import PublicLink
from wishlist_project.base.change import change
from wishlist_project.tests.live import OpenSocket
from wishlist_project.tests.site import Site
from wishlist_project.tests.sockets.people import by_link, following
from wishlist_project.tests.wire import NO_TLS, SECONDS
from wishlists.audience import Viewer
from wishlists.models import Wishlist
from wishlists.services.items import add_item

pytestmark = pytest.mark.django_db(transaction=True)


def moderating(site: Site, moderator: User) -> httpx.Client:
    """A browser that has logged in to the admin."""
    browser = httpx.Client(base_url=site.url, follow_redirects=True, timeout=SECONDS, verify=NO_TLS)
    browser.get("/admin/login/")
    form = {"username": moderator.email, "password": PASSWORD}
    answer = browser.post("/admin/login/?next=/admin/", data=form | token(browser))
    assert "Wishlist moderation" in answer.text
    return browser


def token(browser: httpx.Client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}


def test_removing_fifty_items_is_seen_fifty_times(
    site: Site,
    connect: OpenSocket,
    wishlist: Wishlist,
    link: PublicLink,
    alice: User,
    bob: User,
    password_hash: str,
) -> None:
    moderator = User.objects.create(
        email="mod@example.com", display_name="Mo", password=password_hash, is_staff=True, is_superuser=True
    )
    with change():
        items = [
            add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}") for number in range(50)
        ]
    sockets = [following(connect, alice, wishlist), following(connect, bob, wishlist), by_link(connect, link)]
    browser = moderating(site, moderator)
    chosen = {"action": "remove_unwanted", "_selected_action": [str(item.pk) for item in items]}
    answer = browser.post("/admin/wishlists/item/", data=chosen | token(browser))
    assert "Removed: 50." in answer.text
    expected = {str(item.pk) for item in items}
    for socket in sockets:
        frames = [socket.next() for _ in items]
        assert {frame["event"] for frame in frames} == {"item_removed"}
        assert {frame["item_id"] for frame in frames} == expected

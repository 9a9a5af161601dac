"""An action in the admin reaches the same sockets as any other change, because it goes through services."""

from __future__ import annotations

import httpx
import pytest

from accounts.models import User
from conftest import PASSWORD
from core.db.change import change
from sharing.models import PublicLink
from tests.sockets.people import by_link, following
from tests.support.running.live import OpenSocket
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS, SECONDS, Frame, SocketClient
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.messages import add_message
from wishlists.services.moderating import open_giving

pytestmark = pytest.mark.django_db(transaction=True)


def moderating(site: Site, moderator: User) -> httpx.Client:
    """A browser that has logged in to the admin, which uses the log-in of the site."""
    browser = httpx.Client(base_url=site.url, follow_redirects=True, timeout=SECONDS, verify=NO_TLS)
    browser.get("/admin/")
    form = {"email": moderator.email, "password": PASSWORD, "next": "/admin/"}
    answer = browser.post("/login", data=form | token(browser))
    assert "Wishlist moderation" in answer.text
    return browser


def token(browser: httpx.Client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}


def of_list(socket: SocketClient) -> Frame:
    """Return the next event of the list. Those concerned also get a notification."""
    while True:
        frame = socket.next()
        if frame["event"] != "notification":
            return frame


@pytest.fixture
def moderator(password_hash: str) -> User:
    return User.objects.create(
        email="mod@example.com", display_name="Mo", password=password_hash, is_staff=True, is_superuser=True
    )


def test_removing_fifty_items_pushes_fifty_events(
    site: Site,
    connect: OpenSocket,
    wishlist: Wishlist,
    link: PublicLink,
    alice: User,
    bob: User,
    moderator: User,
) -> None:
    with change():
        items = [
            add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}") for number in range(50)
        ]
    sockets = [following(connect, alice, wishlist), following(connect, bob, wishlist), by_link(connect, link)]
    browser = moderating(site, moderator)
    chosen = {
        "action": "remove_unwanted",
        "reason": "spam",
        "_selected_action": [str(item.pk) for item in items],
    }
    answer = browser.post("/admin/wishlists/item/", data=chosen | token(browser))
    assert "Removed: 50." in answer.text
    expected = {str(item.pk) for item in items}
    for socket in sockets:
        frames = [of_list(socket) for _ in items]
        assert {frame["event"] for frame in frames} == {"item_removed"}
        assert {frame["item_id"] for frame in frames} == expected


def test_removed_messages_disappear_at_once_for_their_readers(
    site: Site, connect: OpenSocket, item: Item, link: PublicLink, alice: User, bob: User, moderator: User
) -> None:
    """Only givers get the removal of a givers' message. Everybody gets the removal of a question."""
    seen, by = Item.objects.get(pk=item.pk), Viewer(user=bob)
    among_givers = add_message(item=seen, by=by, lane="givers", text="Who has it?")
    question = add_message(item=seen, by=by, lane="questions", text="Which size?")
    open_giving(wishlist=item.wishlist, by=moderator, reason="help")
    giver = following(connect, bob, item.wishlist)
    others = [following(connect, alice, item.wishlist), by_link(connect, link)]
    browser = moderating(site, moderator)
    for message in (among_givers, question):
        chosen = {"action": "remove_unwanted", "reason": "spam", "_selected_action": str(message.pk)}
        assert "Removed: 1." in browser.post("/admin/wishlists/message/", data=chosen | token(browser)).text

    def summary(frame: Frame) -> tuple[str, str, str]:
        return frame["event"], frame["message_id"], frame["item_id"]

    gone = [("message_removed", str(message.pk), str(item.pk)) for message in (among_givers, question)]
    assert [summary(of_list(giver)) for _ in gone] == gone
    assert [summary(of_list(socket)) for socket in others] == gone[1:] * 2

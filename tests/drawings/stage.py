"""A list with a link, everybody who looks at it, and everything that happens to it.

After each act, every viewer's page that is drawn from what is kept must be the page that is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.services.people import edit_user
from core.pages.drawings import kept
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from tests.support.browsing import as_user
from tests.support.markup import masked
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, edit_item, mark_item, remove_item
from wishlists.services.lists.lists import create_wishlist, edit_wishlist
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.lists.reveal import reveal_wishlist
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import release_item, reserve_item
from wishlists.services.waitlisting import wait_for_item

Act = Callable[["Stage"], object]


class Stage:
    """Alice's list. Bob, Charlie and a guest give; a stranger and Alice herself open the link, too."""

    def __init__(self, alice: User, bob: User, charlie: User, **settings: Any) -> None:
        self.alice, self.bob, self.charlie = alice, bob, charlie
        self._id = create_wishlist(owner=alice, title="Birthday", **settings).pk
        for person in (bob, charlie):
            share_wishlist(wishlist=self.wishlist, by=alice, email=person.email, role="viewer")
        self.items = {
            title: add_item(wishlist=self.wishlist, by=Viewer(user=alice), title=title, price_minor=4990).pk
            for title in ("Kettle", "Cups", "Lamp")
        }
        self.share = f"/s/{link_token(make_link(wishlist=self.wishlist, by=alice)[0])}"
        here = f"/lists/{self._id}"
        self.mia = Client()
        self.windows: dict[str, tuple[Client, str]] = {
            "the owner's list": (as_user(alice), here),
            "the owner's link": (as_user(alice), self.share),
            "a member's list": (as_user(bob), here),
            "another member's list": (as_user(charlie), here),
            "a member's link": (as_user(bob), self.share),
            "a guest": (self.mia, self.share),
            "a stranger": (Client(), self.share),
            "a stranger who reads German": (Client(headers={"accept-language": "de"}), self.share),
        }
        self.look()

    @property
    def wishlist(self) -> Wishlist:
        return Wishlist.objects.get(pk=self._id)

    def item(self, title: str) -> Item:
        return Item.objects.select_related("wishlist").get(pk=self.items[title])

    def look(self) -> dict[str, bytes]:
        """Return what each viewer sees, without tokens, which differ each time."""
        return {who: self._page(client, path) for who, (client, path) in self.windows.items()}

    def differences(self) -> list[str]:
        """Return the viewers whose page is not the one that is drawn anew."""
        shown, anew = self.look(), {}
        for who, (client, path) in self.windows.items():
            with nothing_kept():
                anew[who] = self._page(client, path)
        return [who for who in shown if shown[who] != anew[who]]

    @staticmethod
    def _page(client: Client, path: str) -> bytes:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return masked(answer)


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Draw anew, and leave what is kept as it is."""
    before, kept._values = kept._values, type(kept._values)()
    try:
        yield
    finally:
        kept._values = before


def _guest_reserves(stage: Stage) -> None:
    answer = stage.mia.post(
        f"{stage.share}/items/{stage.items['Cups']}", {"action": "reserve", "name": "Mia"}
    )
    assert answer.status_code == 303
    stage.mia.get(stage.share)  # shows the message, once


def _other_guest_reserves(stage: Stage) -> None:
    guest = Viewer(guest=join_guest(wishlist=stage.wishlist, name="Grandma"), by_link=True)
    reserve_item(item=stage.item("Lamp"), by=guest, message="canary")


def _by(person: str) -> Callable[[Stage], Viewer]:
    return lambda stage: Viewer(user=getattr(stage, person))


_alice, _bob, _charlie = _by("alice"), _by("bob"), _by("charlie")

ACTS: dict[str, Act] = {
    "a member reserves": lambda s: reserve_item(item=s.item("Kettle"), by=_bob(s), message="canary"),
    "a guest reserves": _guest_reserves,
    "another guest reserves": _other_guest_reserves,
    "a member waits": lambda s: wait_for_item(item=s.item("Kettle"), by=_charlie(s)),
    "a member chips in": lambda s: contribute(
        item=s.item("Cups"), by=_charlie(s), amount_minor=777, status="pledged"
    ),
    "a member adds in secret": lambda s: add_secret_item(
        wishlist=s.wishlist, by=_bob(s), title="Samovar", price_minor=1
    ),
    "a member gets another name": lambda s: edit_user(user=s.bob, display_name="Robert"),
    "the owner gets another name": lambda s: edit_user(user=s.alice, display_name="Alicia"),
    "the owner edits": lambda s: edit_item(item=s.item("Lamp"), by=_alice(s), title="Lantern"),
    "the owner adds": lambda s: add_item(wishlist=s.wishlist, by=_alice(s), title="Tent"),
    "the owner has received": lambda s: mark_item(item=s.item("Cups"), by=_alice(s), mark="received"),
    "the owner still wants it": lambda s: mark_item(item=s.item("Cups"), by=_alice(s), mark=""),
    "the owner names the list": lambda s: edit_wishlist(wishlist=s.wishlist, by=s.alice, title="My birthday"),
    "the owner hides names": lambda s: edit_wishlist(wishlist=s.wishlist, by=s.alice, names_shown=False),
    "the member releases": lambda s: release_item(item=s.item("Kettle"), by=_bob(s)),
    "the member reserves again": lambda s: (
        reserve_item(item=s.item("Lamp"), by=_charlie(s)) if s.item("Lamp").units_taken == 0 else None
    ),
    "a giver becomes a recipient": lambda s: set_recipients(
        wishlist=s.wishlist, by=s.alice, user_ids=[s.alice.pk, s.charlie.pk]
    ),
    "the owner removes": lambda s: remove_item(item=s.item("Lamp"), by=_alice(s)),
    "the owner reveals": lambda s: reveal_wishlist(wishlist=s.wishlist, by=s.alice),
}

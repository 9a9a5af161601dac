"""A list with a setting, one viewer of each kind, and what each of them gets on every channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.test import Client
from django.utils import timezone

from accounts.models import User
from realtime.access import Person, Way, enter
from realtime.log.stream_reader import read_snapshot
from realtime.log.streams import list_key
from realtime.models import Event
from sharing.access.capabilities import link_token, manage_token
from sharing.services.links import make_link
from tests.support.api_clients import Api, logged_in
from wishlists.access.presets import PRESETS
from wishlists.models import Item, Thanks, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, write_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.messages import add_message
from wishlists.services.lists.people import join_guest, remove_member, share_wishlist
from wishlists.services.money.collecting import open_collection
from wishlists.services.money.contributing import contribute, contribute_to_pot
from wishlists.services.reserving import reserve_item
from wishlists.services.waitlisting import wait_for_item

WITHOUT_SECRETS = {"shared"}
"""Presets of lists on which nobody gives anything (wishlists/tests/services/lists/test_shared_lists.py)."""

SETTINGS: dict[str, dict[str, Any]] = {
    "surprise": {"policy": "surprise"},
    "status": {"policy": "status"},
    "open": {"policy": "open"},
    "surprise, names hidden": {"policy": "surprise", "names_shown": False},
    "open, names hidden": {"policy": "open", "names_shown": False},
    "surprise, revealed": {"policy": "surprise", "revealed_at": timezone.now()},
    **{f"preset {name}": {"preset": name} for name in PRESETS if name not in WITHOUT_SECRETS},
}

PEOPLE = {
    "owner": ("owner", False),
    "co-recipient": ("viewer", True),
    "editor recipient": ("editor", True),
    "former recipient": ("viewer", True),
    "editor giver": ("editor", False),
    "viewer giver": ("viewer", False),
    "stranger": (None, False),
}
"""The role of each person, and whether they are a recipient. For the owner the setting decides."""

BY_LINK = {
    "owner by link": "owner",
    "giver by link": "viewer giver",
    "stranger by link": "stranger",
    "guest": None,
    "unidentified browser": None,
}
VIEWERS = [*PEOPLE, *BY_LINK]


class Seen(NamedTuple):
    """What a viewer learns: that the item is taken, by whom, how much was contributed, and that there is a secret
    addition."""

    status: bool
    name: bool
    totals: bool
    secret: bool


@dataclass
class Stage:
    setting: str
    password_hash: str
    people: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tag = str(abs(hash(self.setting)))
        for name in (*PEOPLE, "actor"):
            self.people[name] = User.objects.create(
                email=f"{name.replace(' ', '.')}.{tag}@example.com",
                display_name="Bob" if name == "actor" else name.title(),
                password=self.password_hash,
            )
        owner, chosen = self.people["owner"], dict(SETTINGS[self.setting])
        revealed_at = chosen.pop("revealed_at", None)
        made = create_wishlist(owner=owner, title="Birthday", is_public=True, **chosen)
        self.kettle = self._wish(made, "Kettle")
        self.lamp = self._wish(made, "Lamp")
        self._let_in(made)
        self.token = link_token(make_link(wishlist=made, by=owner)[0])
        self.guest = join_guest(wishlist=made, name="Grandma")
        if revealed_at:
            made.revealed_at = revealed_at
            made.save(update_fields=["revealed_at"])
        self.wishlist = Wishlist.objects.get(pk=made.pk)
        self.since = set(Event.objects.values_list("pk", flat=True))
        self._give()

    def _wish(self, wishlist: Wishlist, title: str) -> Item:
        return add_item(
            wishlist=wishlist, by=Viewer(user=self.people["owner"]), title=title, price_minor=4990
        )

    def _let_in(self, wishlist: Wishlist) -> None:
        owner = self.people["owner"]
        let_in = [(name, *place) for name, place in PEOPLE.items() if place[0] not in ("owner", None)]
        for name, role, is_recipient in [*let_in, ("actor", "viewer", False)]:
            share_wishlist(
                wishlist=wishlist,
                by=owner,
                email=self.people[name].email,
                role=str(role),
                is_recipient=is_recipient,
            )
        left = self.people["former recipient"]
        remove_member(wishlist=wishlist, user=left, by=left)

    def _give(self) -> None:
        bob = Viewer(user=self.people["actor"])
        here = Wishlist.objects.get(pk=self.wishlist.pk)
        write_item(wishlist=here, by=bob, title="Secret", is_secret=True, price_minor=100)
        kettle = Item.objects.get(pk=self.kettle.pk)
        reserve_item(item=kettle, by=bob)
        contribute(item=kettle, by=bob, amount_minor=500, status="pledged")

    def give_together(self) -> None:
        """Write a message, wait, open a collection and send thanks, whether or not the list is revealed."""
        bob, waits = self.people["actor"], self.people["viewer giver"]
        kettle = Item.objects.get(pk=self.kettle.pk)
        add_message(item=kettle, by=Viewer(user=bob), lane="givers", text="Among us")
        open_collection(wishlist=kettle.wishlist, by=bob, item_id=kettle.pk, currency="EUR")
        wait_for_item(item=Item.objects.get(pk=kettle.pk), by=Viewer(user=waits))
        Thanks.objects.create(wishlist=self.wishlist, user=bob, note="Thank you!", sent_at=timezone.now())

    # --- what each viewer gets --------------------------------------------------------------------------------------

    def api(self, viewer: str) -> Api:
        name = BY_LINK.get(viewer, viewer)
        return Api(logged_in(self.people[name])["access_token"]) if name else Api()

    def rest(self, viewer: str) -> Seen:
        if viewer in BY_LINK:
            answer = self.api(viewer)("GET", f"/public/wishlists?token={self.token}").json()["items"]
        else:
            # With a parameter in the address, the answer does not come from the cache.
            answer = self.api(viewer)("GET", f"/wishlists/{self.wishlist.pk}/items?archived=false").json()
        return _in_items(answer)

    def page(self, viewer: str) -> Seen:
        """Return the text of the card, without its buttons."""
        browser, name = Client(), BY_LINK.get(viewer, viewer)
        if name:
            browser.force_login(self.people[name])
        address = f"/s/{self.token}" if viewer in BY_LINK else f"/lists/{self.wishlist.pk}"
        answer = browser.get(address)
        assert answer.status_code == 200
        card = answer.text.partition(f'id="item-{self.kettle.pk}"')[2].partition("</article>")[0]
        badge = re.sub(r"<[^>]+>", "", card.partition('class="badge">')[2].partition("</p>")[0])
        money = card.partition('class="chipped">')[2].partition("</div>")[0]
        return Seen("Reserved" in badge, "Bob" in badge, bool(money), "Secret" in answer.text)

    def way(self, viewer: str) -> Way:
        name = BY_LINK.get(viewer, viewer)
        person = None
        if name:
            user = self.people[name]
            assert user.tenant_id is not None
            person = Person(user.pk, user.tenant_id, UUID(int=0))
        link = self.wishlist.public_links.get() if viewer in BY_LINK else None
        return Way(self.wishlist.pk, person, link.pk if link else None)

    def snapshot(self, viewer: str) -> Seen:
        """Return what a socket gets that subscribes from an unknown position."""
        audience = enter(self.way(viewer))
        text = read_snapshot(list_key(self.wishlist.pk, audience), self.wishlist.pk, audience).text
        return _in_items(orjson.loads(text)["snapshot"]["items"])

    def events(self, viewer: str) -> Seen:
        """Return the frames that a socket got while the giver gave."""
        key = list_key(self.wishlist.pk, enter(self.way(viewer)))
        events = Event.objects.filter(stream__key=key).exclude(pk__in=self.since).order_by("seq")
        items = {}
        for frame in map(orjson.loads, events.values_list("frame", flat=True)):
            items[frame["item"]["id"]] = frame["item"]
        return _in_items(items.values())


CHANNELS: dict[str, Callable[[Stage, str], Seen]] = {
    "REST": Stage.rest,
    "page": Stage.page,
    "snapshot": Stage.snapshot,
    "events": Stage.events,
}


def _in_items(items: Iterable[dict[str, Any]]) -> Seen:
    by_title = {item["title"]: item for item in items}
    kettle = by_title.get("Kettle", {})
    return Seen(
        kettle.get("reservation_status", "available") != "available",
        kettle.get("reserved_by_name") is not None,
        bool(kettle.get("contributed_total")),
        "Secret" in by_title,
    )


# --- what viewers may do
# -----------------------------------------------------------------------------------------------

Call = tuple[str, str, dict[str, Any]]


def calls(stage: Stage, viewer: str) -> dict[str, Call]:
    """Return the actions on the same item, by id or by the link, depending on how the viewer gets in."""
    here, lamp, token = f"/wishlists/{stage.wishlist.pk}", stage.lamp.pk, stage.token
    if viewer not in BY_LINK:
        return {
            "reserve": ("PATCH", f"/items/{lamp}", {"reservation_status": "reserved"}),
            "chip in": ("POST", f"{here}/items/{lamp}/contributions", {"amount": 5}),
            "suggest": ("POST", f"{here}/suggestions", {"title": "Tea"}),
            "add": ("POST", f"{here}/items", {"title": "Tea"}),
            "add in secret": ("POST", f"{here}/items", {"title": "Tea", "secret": True}),
            "edit": ("PATCH", f"/items/{lamp}", {"title": "Lantern"}),
            "settings": ("PATCH", here, {"lapse_days": 7}),
            "recipients": ("PUT", f"{here}/recipients", {"recipient_name": "us"}),
        }
    who = {"manage_token": manage_token(stage.guest)} if viewer == "guest" else {}
    item = f"/public/wishlists/items/{lamp}"
    return {
        "reserve": ("PATCH", f"{item}?token={token}", {"reservation_status": "reserved"} | who),
        "chip in": ("POST", f"{item}/contributions?token={token}", {"amount": 5} | who),
        "suggest": ("POST", f"/public/wishlists/suggestions?token={token}", {"title": "Tea"}),
    }


def give(item: Item, bob: User) -> None:
    """Give in every way that viewers by link can see."""
    by = Viewer(user=bob)
    here = Wishlist.objects.get(pk=item.wishlist_id)

    def there() -> Item:
        return Item.objects.get(pk=item.pk)

    contribute(item=there(), by=by, amount_minor=500, status="paid")
    open_collection(wishlist=here, by=bob, item_id=item.pk, currency="EUR", target_minor=4990)
    contribute_to_pot(wishlist=here, by=by, amount_minor=700, status="pledged", currency="EUR")
    reserve_item(item=there(), by=by, purchased=True)

"""Making somebody a recipient shows nobody else who holds what, and givers are told about it.

Bob has given in every way. Everything that anybody else can see of the list is read before and after he becomes a
recipient, and must stay the same. In the other world Carol holds what Bob holds in this one, and the answers must be
equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Notification, User
from realtime.log.streams import list_key
from realtime.models import Event, Stream
from sharing.access.capabilities import link_token
from sharing.models import GuestLetter
from sharing.services.links import make_link
from sharing.services.suggestions import suggest_item
from tests.support.api_clients import Api, logged_in
from wishlists.models import Activity, Contribution, Guest, Item, Reservation, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lapsing import lapse_due_reservations
from wishlists.services.lists import recipients
from wishlists.services.lists.alternatives import group_item
from wishlists.services.lists.items import add_item, remove_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.money import collecting
from wishlists.services.money.collecting import end_due_collections, open_collection
from wishlists.services.money.contributing import (
    contribute,
    contribute_to_pot,
    free_contribution,
    free_pledges,
)
from wishlists.services.reserving import give_back, release_reservation, reserve_item
from wishlists.services.waitlisting import wait_for_item

pytestmark = pytest.mark.django_db

NAMES = ("alice", "bob", "carol", "dora", "erik")


class World:
    """Alice's list. `holder` gives in every way, and Dora gives too. Erik is not a member, and reads the list because
    it is public."""

    def __init__(self, holder: str, policy: str, password_hash: str, *, names_shown: bool = False) -> None:
        self.people = {
            name: User.objects.create(
                email=f"{name}@{holder}.example", display_name=name.title(), password=password_hash
            )
            for name in NAMES
        }
        alice = self.people["alice"]
        made = create_wishlist(
            owner=alice,
            title="Birthday",
            policy=policy,
            names_shown=names_shown,
            is_public=True,
            lapse_days=9,
        )
        self.list = made
        for name in ("bob", "carol", "dora"):
            share_wishlist(
                wishlist=self.listed("alice"), by=alice, email=self.people[name].email, role="viewer"
            )
        owner = Viewer(user=alice)
        for title in ("Kettle", "Cups", "Lamp", "Pot", "Pan", "Vase", "Socks"):
            quantity = 6 if title == "Cups" else 1
            add_item(wishlist=made, by=owner, title=title, quantity=quantity, price_minor=4990)
        group_item(item=self.item("alice", "Pot"), by=owner, other=self.item("alice", "Pan"))
        self.link = make_link(wishlist=self.listed("alice"), by=alice)[0]
        self.grandma: Guest = join_guest(wishlist=made, name="Grandma", email="grandma@example.com")
        self.give(holder)

    def give(self, holder: str) -> None:
        who, by = self.people[holder], Viewer(user=self.people[holder])
        guest = Viewer(guest=self.grandma, by_link=True)
        for title in ("Kettle", "Pot"):
            reserve_item(item=self.item(holder, title), by=by, message="Mine")
        reserve_item(item=self.item(holder, "Cups"), by=by, units=2)
        for title in ("Lamp", "Vase"):
            reserve_item(item=self.item(None, title), by=guest)
            for waiting in (holder, "dora"):
                wait_for_item(item=self.item(waiting, title), by=Viewer(user=self.people[waiting]))
        vase = Reservation.objects.active().get(
            item__title="Vase", item__wishlist=self.list, guest=self.grandma
        )
        release_reservation(reservation=vase, by=guest)  # so the unit is offered to the holder
        contribute(item=self.item(holder, "Socks"), by=by, amount_minor=500, status="pledged")
        contribute_to_pot(
            wishlist=self.listed(holder), by=by, amount_minor=700, status="pledged", currency="EUR"
        )
        deadline = timezone.now() + timedelta(days=3)
        open_collection(
            wishlist=self.listed(holder),
            by=who,
            currency="EUR",
            item_id=self.item(holder, "Socks").pk,
            target_minor=4990,
            deadline_at=deadline,
        )
        if self.list.policy != "open":
            add_secret_item(
                wishlist=self.listed("dora"), by=Viewer(user=self.people["dora"]), title="Concert"
            )
            reserve_item(item=self.item(holder, "Concert"), by=by)
        suggest_item(wishlist=self.listed(holder), by=by, title="Book")

    def listed(self, name: str | None) -> Wishlist:
        return Wishlist.objects.get(pk=self.list.pk)

    def item(self, name: str | None, title: str) -> Item:
        return Item.objects.get(wishlist=self.list, title=title)

    def turn(self) -> None:
        """Make Bob a recipient of the list too."""
        ids = [self.people[name].pk for name in ("alice", "bob")]
        set_recipients(wishlist=self.listed("alice"), by=self.people["alice"], user_ids=ids)

    def observed(self) -> dict[str, Any]:
        """Return everything that Alice, Carol, Dora, Erik and a browser with the link can see of the list and its
        streams."""
        here = f"/wishlists/{self.list.pk}"
        of_item = [f"{here}/items/{self.item(None, title).pk}" for title in ("Kettle", "Socks")]
        paths = [here, f"{here}/items", f"{here}/pot/contributions", f"{here}/collections"]
        paths += [f"{place}{more}" for place in of_item for more in ("/reservations", "/contributions")]
        seen: dict[str, Any] = {}
        for name in ("alice", "carol", "dora", "erik"):
            api = Api(logged_in(self.people[name])["access_token"])
            more = ["/wishlists"] if name == "alice" else ["/wishlists", "/waiting"]
            seen |= {f"{name} {path}": _answer(api("GET", path)) for path in (*paths, *more)}
        token = f"?token={link_token(self.link)}"
        public = ("/public/wishlists", "/public/collections", "/public/pot/contributions")
        seen |= {f"link {path}": _answer(Api()("GET", path + token)) for path in public}
        for page in ("", "/collecting"):
            seen[f"page {page}"] = _steady(Client().get(f"/s/{link_token(self.link)}{page}").text)
        keys = [list_key(self.list.pk, audience) for audience in Audience]
        events = Event.objects.filter(stream__key__in=keys).exclude(frame__contains='"event":"list_updated"')
        seen["frames"] = list(events.order_by("stream__key", "seq").values_list("frame", flat=True))
        return seen

    def heads(self) -> list[tuple[str, str, int]]:
        """Each audience gets one event that the list has another recipient. It does not depend on who reserved what."""
        keys = [list_key(self.list.pk, audience) for audience in Audience]
        return sorted(Stream.objects.filter(key__in=keys).values_list("key", "epoch", "head"))

    def inboxes(self) -> dict[str, list[tuple[str, str, str]]]:
        """Return what came into each person's inbox since."""
        rows = Notification.objects.exclude(
            kind__in=("wishlist_shared", "item_offered", "wishlist_suggestion")
        )
        return {
            name: list(rows.filter(user=person).values_list("kind", "title", "body"))
            for name, person in self.people.items()
        }


def _answer(answer: Any) -> tuple[int, str]:
    """Remove the names of recipients, because there is one more, and the tags of lists, which change with it."""
    text = re.sub(r'"recipients":\[[^]]*\]', "", answer.text)
    return answer.status_code, text


def _steady(page: str) -> str:
    """Remove what differs in every answer, and the sentence that says whom the list is for."""
    page = re.sub(r'<p class="note who-sees">.*?</p>', "", page, flags=re.DOTALL)
    page = re.sub(
        r"[^<>]* can see this.|[^<>]* can&#x27;t see this.|[^<>]* it is taken, but not by whom.", "", page
    )
    return re.sub(r'<input type="hidden"[^>]*>|nonce="[^"]*"', "", page)


@pytest.mark.once
@pytest.mark.parametrize(
    ("policy", "holder"),
    [("surprise", "bob"), ("status", "bob"), ("open", "bob"), ("surprise", "carol"), ("status", "carol")],
)
def test_others_see_the_same_no_matter_who_reserved_the_gifts(
    holder: str, policy: str, password_hash: str
) -> None:
    world = World(holder, policy, password_hash)
    with time_machine.travel(timezone.now(), tick=False):
        before, heads = world.observed(), world.heads()
        world.turn()
        after = world.observed()
        assert world.heads() == [(key, epoch, head + 1) for key, epoch, head in heads]
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}


def freeing() -> Callable[..., None]:
    """Restore the old behaviour, in which everything that the new recipient had reserved or pledged becomes free
    again."""

    def free(*, wishlist: Wishlist, person: User, **_: Any) -> None:
        by = Viewer(user=person)
        for held in (
            Reservation.objects.active().unbought().filter(user=person).select_related("item__wishlist")
        ):
            give_back(reservation=held, by=by, kind="reservation_released")
        for pledge in (
            Contribution.objects.standing().filter(user=person).select_related("item__wishlist", "pot")
        ):
            free_contribution(contribution=pledge, by=by)

    return free


@pytest.mark.once
@pytest.mark.parametrize("policy", ["surprise", "status"])
def test_control_released_gifts_show_who_held_them(
    policy: str, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World("bob", policy, password_hash)
    monkeypatch.setattr(recipients, "tell_new_recipient", freeing())
    before = world.observed()
    world.turn()
    moved = {name for name, seen in world.observed().items() if before[name] != seen}
    items = f"/wishlists/{world.list.pk}/items"
    assert {"page ", "link /public/wishlists", f"erik {items}", f"dora {items}", "frames"} <= moved
    assert (f"alice {items}" in moved) == (policy == "status")


@pytest.mark.parametrize("names_shown", [True, False])
def test_givers_are_told_the_same_no_matter_who_reserved_the_gifts(
    names_shown: bool, password_hash: str
) -> None:
    """In their inbox and by mail. The log names the new recipient, and says that they saw the giving."""
    events = []
    for holder in ("bob", "carol"):
        world = World(holder, "surprise", password_hash, names_shown=names_shown)
        world.turn()
        inboxes = world.inboxes()
        assert inboxes["alice"] == inboxes["erik"] == []
        [(kind, title, body)] = inboxes["dora"]
        assert (kind, title) == ("recipients_changed", "“Birthday” is now for Bob too")
        assert "Until now Bob could see who gives what here." in body
        assert "it stays reserved until Bob cancels the reservation" in body
        assert inboxes["carol"] == inboxes["dora"]
        assert [kind for kind, *_ in inboxes["bob"]] == ["made_recipient"]
        assert GuestLetter.objects.get(guest=world.grandma).kind == "recipients_changed"
        browser = Client()
        browser.force_login(world.people["dora"])
        assert "Until then Bob could see who gives what." in browser.get(f"/lists/{world.list.pk}/log").text
        events.append(inboxes)
    assert events[0] == events[1]


def test_owner_who_becomes_a_recipient_is_announced_to_givers(alice: User, bob: User, as_alice: Api) -> None:
    """Alice saw who gave what on a list for somebody else, and then makes herself a recipient."""
    made = as_alice("POST", "/wishlists", {"title": "Birthday", "for_someone_else": True}).json()["id"]
    as_alice("POST", f"/wishlists/{made}/shares", {"email": bob.email, "role": "viewer"})
    assert as_alice("PUT", f"/wishlists/{made}/recipients", {"user_ids": [str(alice.pk)]}).status_code == 200
    note = Notification.objects.get(user=bob, kind="recipients_changed")
    assert "Until now Alice could see who gives what here." in note.body
    assert Activity.objects.get(kind="recipients_changed").detail["saw_giving"] is True


def test_member_added_as_a_recipient_saw_nothing_before(
    as_alice: Api, wishlist: Wishlist, charlie: User, bob: User
) -> None:
    body = {"email": charlie.email, "role": "viewer", "is_recipient": True}
    as_alice("POST", f"/wishlists/{wishlist.pk}/shares", body)
    note = Notification.objects.get(user=bob, kind="recipients_changed")
    assert "is now for Charlie too" in note.title
    assert "could see" not in note.body


def test_givers_see_that_only_the_former_giver_can_release(password_hash: str) -> None:
    world = World("bob", "surprise", password_hash, names_shown=True)
    world.turn()
    place = f"/wishlists/{world.list.pk}/items/{world.item('dora', 'Kettle').pk}"
    as_dora = Api(logged_in(world.people["dora"])["access_token"])
    [row] = as_dora("GET", f"{place}/reservations").json()
    assert (row["display_name"], row["is_former_giver"]) == ("Bob", True)
    assert as_dora("DELETE", f"/reservations/{row['id']}").status_code == 404
    browser = Client()
    browser.force_login(world.people["dora"])
    assert "Only Bob can cancel this reservation." in browser.get(f"/lists/{world.list.pk}").text


def test_unit_released_by_a_former_giver_goes_to_the_next_in_line(password_hash: str) -> None:
    world = World("bob", "status", password_hash)
    world.turn()
    as_bob = Api(logged_in(world.people["bob"])["access_token"])
    held = {row["item"]["title"]: row for row in as_bob("GET", "/reservations").json()}
    assert set(held) == {"Kettle", "Pot", "Cups", "Vase", "Concert"}
    assert as_bob("DELETE", f"/reservations/{held['Vase']['id']}").status_code == 204
    assert Reservation.objects.active().get(item__title="Vase").user == world.people["dora"]
    guest = Viewer(guest=world.grandma, by_link=True)
    lamp = Reservation.objects.active().get(item__title="Lamp")
    release_reservation(reservation=lamp, by=guest)
    # Bob was before Dora in that line, but recipients get no offers.
    assert Reservation.objects.active().get(item__title="Lamp").user == world.people["dora"]


@pytest.mark.parametrize("holder", ["bob", "carol"])
def test_former_givers_reservation_lapses_like_any_other(holder: str, password_hash: str) -> None:
    world = World(holder, "status", password_hash)
    world.turn()
    with time_machine.travel(timezone.now() + timedelta(days=11), tick=False):
        lapse_due_reservations()
        assert world.item(None, "Kettle").units_taken == world.item(None, "Cups").units_taken == 0


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_lapse_does_not_show_a_former_giver_what_givers_withdrew(
    is_withdrawn: bool, password_hash: str
) -> None:
    world = World("bob", "surprise", password_hash)
    world.turn()
    if is_withdrawn:
        remove_item(item=world.item("dora", "Concert"), by=Viewer(user=world.people["dora"]))
    with time_machine.travel(timezone.now() + timedelta(days=11), tick=False):
        lapse_due_reservations()
        as_bob = Api(logged_in(world.people["bob"])["access_token"])
        assert as_bob("GET", "/reservations").json() == []


def missed(world: World) -> tuple[Any, Any, int]:
    """Let the deadline pass. Return what Bob reads of his pledge before and after, and what everybody sees of the
    money then."""
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        as_bob = Api(logged_in(world.people["bob"])["access_token"])
        before = as_bob("GET", "/contributions").json()
        assert end_due_collections() == 1
        [socks] = [
            one
            for one in Api()("GET", f"/public/wishlists?token={link_token(world.link)}").json()["items"]
            if one["title"] == "Socks"
        ]
        return before, as_bob("GET", "/contributions").json(), socks["contributed_total"]


def test_former_giver_does_not_see_that_a_collection_freed_their_pledge(password_hash: str) -> None:
    world = World("bob", "surprise", password_hash)
    world.turn()
    before, after, total = missed(world)
    assert (len(before), after, total) == (2, before, 0)
    as_bob = Api(logged_in(world.people["bob"])["access_token"])
    [socks] = [row for row in after if row["item_id"]]
    place = f"/contributions/{socks['id']}"
    assert as_bob("PATCH", place, {"amount": 6}).json()["code"] == "recipient"
    assert as_bob("PATCH", place, {"amount": 3, "status": "paid"}).json()["amount"] == 3
    assert Contribution.objects.standing().filter(item__title="Socks").count() == 0
    assert as_bob("DELETE", place).status_code == 204
    assert len(as_bob("GET", "/contributions").json()) == 1
    assert as_bob("DELETE", place).status_code == 404


def test_control_visibly_freed_pledge_shows_that_the_collection_fell_short(
    password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World("bob", "surprise", password_hash)
    world.turn()
    monkeypatch.setattr(collecting, "free_pledges", lambda given, **_: free_pledges(given))
    before, after, _total = missed(world)
    assert before != after


def test_freed_pledge_is_not_shown_after_the_reveal(password_hash: str) -> None:
    world = World("bob", "surprise", password_hash)
    world.turn()
    missed(world)
    Wishlist.objects.filter(pk=world.list.pk).update(revealed_at=timezone.now())
    as_bob = Api(logged_in(world.people["bob"])["access_token"])
    assert [row["item_id"] for row in as_bob("GET", "/contributions").json()] == [None]

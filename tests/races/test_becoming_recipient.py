"""A giver who becomes a recipient while their request waits for the lock can no longer give.

The owner holds the list's lock and makes Bob a recipient. Bob's request reads before that is committed, as any request
does, and then waits for the lock. It must check Bob's role again once it has the lock. The control checks only before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import User
from core.db.change import change
from core.errors.refusals import Refusal
from tests.races.storms import until_somebody_waits_for_a_lock
from tests.support.api_clients import Api, logged_in
from wishlists.models import Collection, Contribution, Item, Message, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.giving import GivingState, read_giving_state
from wishlists.queries.locks import Place, read_place
from wishlists.services import locking, moderating
from wishlists.services.budgeting import set_budget
from wishlists.services.lists.items import add_item, edit_item
from wishlists.services.lists.messages import add_message
from wishlists.services.lists.people import join_guest
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.money.collecting import open_collection
from wishlists.services.money.contributing import contribute, contribute_to_pot
from wishlists.services.reserving import reserve_item
from wishlists.services.waitlisting import wait_for_item
from wishlists.tests.factories import take_as_guest

pytestmark = pytest.mark.django_db(transaction=True)

Look = Callable[[str], Item]
Act = Callable[[Look, Wishlist, User], object]

ACTS: dict[str, Act] = {
    "reserve": lambda item, here, bob: reserve_item(item=item("Lamp"), by=Viewer(user=bob)),
    "reserve more": lambda item, here, bob: reserve_item(item=item("Cups"), by=Viewer(user=bob), units=3),
    "chip in": lambda item, here, bob: contribute(
        item=item("Socks"), by=Viewer(user=bob), amount_minor=500, status="pledged"
    ),
    "chip in for the pot": lambda item, here, bob: contribute_to_pot(
        wishlist=here, by=Viewer(user=bob), amount_minor=500, status="pledged", currency="EUR"
    ),
    "collect": lambda item, here, bob: open_collection(wishlist=here, by=bob, currency="EUR"),
    "wait": lambda item, here, bob: wait_for_item(item=item("Kettle"), by=Viewer(user=bob)),
    "add in secret": lambda item, here, bob: add_secret_item(
        wishlist=here, by=Viewer(user=bob), title="Concert"
    ),
    "edit a secret": lambda item, here, bob: edit_item(
        item=item("Theatre"), by=Viewer(user=bob), title="Opera"
    ),
    "say": lambda item, here, bob: add_message(
        item=item("Kettle"), by=Viewer(user=bob), lane="givers", text="Who takes it?"
    ),
    "set a budget": lambda item, here, bob: set_budget(
        wishlist=here, by=bob, amount_minor=5000, currency="EUR"
    ),
}


@pytest.fixture
def given(wishlist: Wishlist, item: Item, alice: User, bob: User) -> Wishlist:
    """A guest has taken the kettle, Bob has bought one of the cups, and Bob has made a secret addition."""
    for title in ("Lamp", "Cups", "Socks"):
        add_item(wishlist=wishlist, by=Viewer(user=alice), title=title, quantity=5, price_minor=900)
    take_as_guest(item)
    reserve_item(item=seen(bob, wishlist, "Cups"), by=Viewer(user=bob), purchased=True)
    add_secret_item(wishlist=list_of(bob, wishlist), by=Viewer(user=bob), title="Theatre")
    return wishlist


def list_of(person: User, wishlist: Wishlist) -> Wishlist:
    return Wishlist.objects.get(pk=wishlist.pk)


def seen(person: User, wishlist: Wishlist, title: str) -> Item:
    return Item.objects.get(wishlist=wishlist, title=title)


def turn(wishlist: Wishlist, alice: User, bob: User) -> None:
    """Make Bob a recipient of the list too, without committing yet."""
    set_recipients(wishlist=list_of(alice, wishlist), by=alice, user_ids=[alice.pk, bob.pk])


def given_meanwhile(wishlist: Wishlist, alice: User, bob: User) -> dict[str, str]:
    """Return the outcome of each of Bob's acts that read before he was a recipient and got the lock afterwards."""
    is_held, all_looked = threading.Event(), threading.Barrier(len(ACTS) + 1)

    def give(name: str) -> str:
        try:
            assert is_held.wait(timeout=60)
            here = list_of(bob, wishlist)
            items = {item.title: item for item in Item.objects.filter(wishlist=here)}
            all_looked.wait(timeout=60)
            ACTS[name](lambda title: items[title], here, bob)
        except Refusal as refusal:
            return str(refusal.get_codes())
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(ACTS)) as threads:
        outcomes = {name: threads.submit(give, name) for name in ACTS}
        with change():
            turn(wishlist, alice, bob)
            is_held.set()
            all_looked.wait(timeout=60)
        return {name: outcome.result(timeout=60) for name, outcome in outcomes.items()}


def test_giver_who_becomes_a_recipient_while_waiting_is_refused(
    given: Wishlist, alice: User, bob: User
) -> None:
    refused = dict.fromkeys(ACTS, "recipient") | {"edit a secret": "editor_only"}
    assert given_meanwhile(given, alice, bob) == refused
    assert [row.units for row in Reservation.objects.active().filter(user=bob)] == [1]
    left = (Contribution.objects, WaitlistEntry.objects, Message.objects, Collection.objects)
    assert [rows.count() for rows in left] == [0, 0, 0, 0]
    assert [row.title for row in Item.objects.filter(is_secret=True)] == ["Theatre"]


def test_control_giver_succeeds_if_the_role_is_checked_before_the_lock(
    given: Wishlist, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = read_place(bob.pk, given.pk)

    def place_before(user_id: UUID, wishlist_id: UUID) -> Place:
        return place if user_id == bob.pk else read_place(user_id, wishlist_id)

    def state_before(item: Item, viewer: Viewer) -> GivingState:
        now = read_giving_state(item, viewer)
        before = {"viewer_role": place.role, "viewer_is_recipient": place.is_recipient}
        return GivingState(now.row | before) if viewer.user == bob else now

    monkeypatch.setattr(locking, "read_place", place_before)
    monkeypatch.setattr(locking, "read_giving_state", state_before)
    assert given_meanwhile(given, alice, bob) == dict.fromkeys(ACTS, "done")


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/items/{item}", {"reservation_status": "reserved"}),
        ("POST", "/wishlists/{list}/items/{item}/contributions", {"amount": 5}),
        ("POST", "/wishlists/{list}/items/{item}/reservations", {}),
    ],
)
def test_waiting_request_of_a_new_recipient_is_refused(
    method: str, path: str, body: dict[str, Any], given: Wishlist, alice: User, bob: User
) -> None:
    """This also covers routes that read and lock in one statement: the statement reads before it waits."""
    lamp = Item.objects.get(title="Lamp")
    as_bob = Api(logged_in(bob)["access_token"])

    def ask() -> tuple[int, str]:
        try:
            answer = as_bob(method, path.format(list=given.pk, item=lamp.pk), body)
            return answer.status_code, answer.json().get("code")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with change():
            turn(given, alice, bob)
            asked = threads.submit(ask)
            until_somebody_waits_for_a_lock()
        assert asked.result(timeout=60) == (403, "recipient")
    lamp.refresh_from_db()
    assert (lamp.mark, lamp.units_taken) == ("", 0)


def removed(wishlist: Wishlist, bob: User) -> Callable[[], object]:
    message = add_message(
        item=seen(bob, wishlist, "Kettle"), by=Viewer(user=bob), lane="givers", text="Who takes it?"
    )
    return lambda: moderating.remove_unwanted_message(message=message, by=bob)


def released(wishlist: Wishlist, bob: User) -> Callable[[], object]:
    guest = Viewer(guest=join_guest(wishlist=wishlist, name="Grandma"), by_link=True)
    held = reserve_item(item=Item.objects.get(wishlist=wishlist, title="Lamp"), by=guest)
    return lambda: moderating.release_for_holder(reservation=held, by=bob)


def moderated_meanwhile(
    moderate: Callable[[Wishlist, User], Callable[[], object]], wishlist: Wishlist, alice: User, bob: User
) -> object:
    """Return the outcome when Bob, a moderator who had the list open, acted and waited for the lock."""
    act = moderate(wishlist, bob)
    assert moderating.open_giving(wishlist=wishlist, by=bob, reason="help")

    def remove() -> object:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with change():
            turn(wishlist, alice, bob)
            asked = threads.submit(remove)
            until_somebody_waits_for_a_lock()
        return asked.result(timeout=60)


@pytest.mark.postgresql
@pytest.mark.parametrize("moderate", [removed, released])
def test_moderator_who_becomes_a_recipient_while_waiting_removes_nothing(
    moderate: Callable[[Wishlist, User], Callable[[], object]], given: Wishlist, alice: User, bob: User
) -> None:
    assert moderated_meanwhile(moderate, given, alice, bob) is None
    left = (
        Message.objects.live()
        if moderate is removed
        else Reservation.objects.active().filter(item__title="Lamp")
    )
    assert left.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("moderate", [removed, released])
def test_control_moderator_removes_if_the_role_is_checked_before_the_lock(
    moderate: Callable[[Wishlist, User], Callable[[], object]],
    given: Wishlist,
    alice: User,
    bob: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moderating, "opened_lists", lambda _moderator: {given.pk})
    assert moderated_meanwhile(moderate, given, alice, bob) is not None

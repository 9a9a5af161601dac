"""No over-reservation (G1): exactly as many givers succeed as there are units, however many ask at once, through
services and through HTTP.

Each storm also runs with its protection switched off, and must then let too many in. Otherwise it would prove nothing.
Those runs need PostgreSQL, because the one write lock of SQLite cannot be switched off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from django.db import connection, models
from django.utils import timezone
from pytest_django import Settings

from accounts.access.tokens import mint_access_token
from accounts.models import Session, User
from core.db.change import change
from core.tests.slow_writes import slow_writes
from tests.races.storms import all_at_once, let_in
from tests.support.running.live import StartSite
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS
from wishlists.models import Activity, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import ItemTaken
from wishlists.services.lapsing import lapse_due_reservations
from wishlists.services.lists.items import add_item
from wishlists.services.reserving import release_item, reserve_item
from wishlists.services.waitlisting import wait_for_item

GUARD = "item_units_taken_within_cap"
WON, LOST = 200, 409

pytestmark = pytest.mark.django_db(transaction=True)


def storm_of_services(item: Item, givers: list[User]) -> Counter[int]:
    return all_at_once(lambda index: reserved_by(givers[index], item), len(givers))


def reserved_by(giver: User, item: Item) -> int:
    """Reserve on a connection of its own, and return the status that a request would have got."""
    try:
        there = Item.objects.get(pk=item.pk)
        reserve_item(item=there, by=Viewer(user=giver))
    except ItemTaken:
        return LOST
    finally:
        connection.close()
    return WON


def storm_of_requests(site: Site, item: Item, givers: list[User]) -> Counter[int]:
    sessions = Session.objects.bulk_create([Session(user=giver) for giver in givers])
    tokens = [mint_access_token(session) for session in sessions]
    url = f"{site.url}/api/v1/wishlists/{item.wishlist_id}/items/{item.pk}"

    def reserve(index: int) -> int:
        headers = {"Authorization": f"Bearer {tokens[index]}"}
        return client.patch(url, json={"reservation_status": "reserved"}, headers=headers).status_code

    limits = httpx.Limits(max_connections=len(givers))
    with httpx.Client(timeout=60, verify=NO_TLS, trust_env=False, limits=limits) as client:
        return all_at_once(reserve, len(givers))


def is_consistent(item: Item) -> bool:
    """The reservations add up to the units taken, and each has one row in the log."""
    item.refresh_from_db()
    rows = Reservation.objects.active().filter(item=item).count()
    logged = Activity.objects.filter(item=item, kind="item_reserved").count()
    return item.units_taken == rows == logged


def wish_for(item: Item, quantity: int) -> None:
    Item.objects.filter(pk=item.pk).update(quantity=quantity, cap=quantity)


@pytest.fixture
def unguarded(item: Item) -> Iterator[None]:
    """Drop the constraint. It comes back after the rows that break it are deleted."""
    with without_guard():
        yield


@contextmanager
def without_guard() -> Iterator[None]:
    guard = next(known for known in Item._meta.constraints if known.name == GUARD)
    assert isinstance(guard, models.CheckConstraint)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Item, guard)
    try:
        yield
    finally:
        Item.objects.update(units_taken=0)
        with connection.schema_editor() as editor:
            editor.add_constraint(Item, guard)


def more_than(quantity: int, storm: Callable[[], Counter[int]]) -> bool:
    """Return whether too many givers succeeded in one of three tries."""
    with slow_writes(Item):
        for _try in range(3):
            with change():
                Reservation.objects.all().delete()
            Item.objects.update(units_taken=0)
            if storm()[WON] > quantity:
                return True
    return False


# --- through services ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", [1, 5])
def test_two_hundred_givers_at_once_get_exactly_the_units(
    quantity: int, wishlist: Wishlist, item: Item
) -> None:
    wish_for(item, quantity)
    assert storm_of_services(item, let_in(wishlist, 200)) == {WON: quantity, LOST: 200 - quantity}
    assert is_consistent(item)


@pytest.mark.postgresql
@pytest.mark.parametrize("quantity", [1, 5])
def test_constraint_holds_without_the_lock(
    quantity: int, wishlist: Wishlist, item: Item, settings: Settings
) -> None:
    settings.TEST_WITHOUT_LOCKS = True
    wish_for(item, quantity)
    assert storm_of_services(item, let_in(wishlist, 200)) == {WON: quantity, LOST: 200 - quantity}
    assert is_consistent(item)


@pytest.mark.postgresql
@pytest.mark.parametrize("quantity", [1, 5])
def test_control_too_many_reserve_without_lock_and_constraint(
    quantity: int, wishlist: Wishlist, item: Item, settings: Settings, unguarded: None
) -> None:
    settings.TEST_WITHOUT_LOCKS = True
    wish_for(item, quantity)
    givers = let_in(wishlist, 100)
    assert more_than(quantity, lambda: storm_of_services(item, givers)), "the storm would not notice"


# --- through HTTP, to a real server process -----------------------------------------------------------------------


@pytest.mark.parametrize("quantity", [1, 5])
def test_two_hundred_givers_at_once_get_exactly_the_units_through_http(
    quantity: int, start_site: StartSite, wishlist: Wishlist, item: Item
) -> None:
    """Exactly as many succeed as there are units, all others get the answer that it is taken, and nobody gets an
    error."""
    wish_for(item, quantity)
    storm = storm_of_requests(start_site(), item, let_in(wishlist, 200))
    assert storm == {WON: quantity, LOST: 200 - quantity}
    assert is_consistent(item)


@pytest.mark.postgresql
@pytest.mark.parametrize("quantity", [1, 5])
def test_constraint_holds_through_http_without_the_lock(
    quantity: int, start_site: StartSite, wishlist: Wishlist, item: Item
) -> None:
    """Never more succeed. The database computes the sum, so never fewer either."""
    wish_for(item, quantity)
    site = start_site(TEST_WITHOUT_LOCKS="true", TEST_SERVER="true")
    storm = storm_of_requests(site, item, let_in(wishlist, 200))
    assert storm == {WON: quantity, LOST: 200 - quantity}
    assert is_consistent(item)


@pytest.mark.postgresql
@pytest.mark.parametrize("quantity", [1, 5])
def test_control_too_many_reserve_through_http_without_lock_and_constraint(
    quantity: int, start_site: StartSite, wishlist: Wishlist, item: Item, unguarded: None
) -> None:
    wish_for(item, quantity)
    site = start_site(TEST_WITHOUT_LOCKS="true", TEST_SERVER="true")
    givers = let_in(wishlist, 50)
    assert more_than(quantity, lambda: storm_of_requests(site, item, givers)), "the storm would not notice"


def test_twenty_requests_of_one_giver_reserve_one_unit(wishlist: Wishlist, item: Item) -> None:
    wish_for(item, 5)
    [giver] = let_in(wishlist, 1)
    assert storm_of_services(item, [giver] * 20) == {WON: 20}
    item.refresh_from_db()
    assert (item.units_taken, Reservation.objects.active().count()) == (1, 1)


# --- alternatives, offers and lapses ------------------------------------------------------------------------------


@pytest.fixture
def pot(wishlist: Wishlist, alice: User, item: Item) -> Item:
    """An alternative to the kettle."""
    made = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot")
    Item.objects.filter(pk__in=[item.pk, made.pk]).update(choice=uuid4())
    return made


def storm_of_two_kinds(item: Item, pot: Item, givers: list[User]) -> Counter[int]:
    """Half of the givers reserve one alternative, and half the other."""
    return all_at_once(lambda n: reserved_by(givers[n], (item, pot)[n % 2]), len(givers))


def test_only_one_of_two_alternatives_is_taken(wishlist: Wishlist, item: Item, pot: Item) -> None:
    assert storm_of_two_kinds(item, pot, let_in(wishlist, 100)) == {WON: 1, LOST: 99}
    assert Reservation.objects.active().count() == 1


@pytest.mark.postgresql
def test_control_both_alternatives_are_taken_without_the_lock(
    wishlist: Wishlist, item: Item, pot: Item, settings: Settings
) -> None:
    settings.TEST_WITHOUT_LOCKS = True
    givers = let_in(wishlist, 50)
    assert more_than(1, lambda: storm_of_two_kinds(item, pot, givers)), "the storm would not notice"


def test_released_unit_is_offered_to_the_first_in_line(wishlist: Wishlist, item: Item) -> None:
    """Fifty others try at the same moment. Nobody can take the unit that the first in line is offered."""
    givers = let_in(wishlist, 52)
    holder, waiter, *others = givers
    assert reserved_by(holder, item) == WON
    wait_for_item(item=Item.objects.get(pk=item.pk), by=Viewer(user=waiter))

    def press(index: int) -> int:
        if index:
            return reserved_by(others[index - 1], item)
        try:
            there = Item.objects.get(pk=item.pk)
            release_item(item=there, by=Viewer(user=holder))
        finally:
            connection.close()
        return WON

    assert all_at_once(press, 51) == {WON: 1, LOST: 50}
    offer = Reservation.objects.active().get()
    assert (offer.user, offer.is_offer) == (waiter, True)


def test_reservation_lapses_once_with_several_workers(wishlist: Wishlist, item: Item) -> None:
    [giver] = let_in(wishlist, 1)
    reserved_by(giver, item)
    past = timezone.now() - timedelta(days=9)
    Wishlist.objects.filter(pk=wishlist.pk).update(lapse_days=1)
    Reservation.objects.update(lapses_at=past, created_at=past)

    def lapse(_index: int) -> int:
        try:
            return lapse_due_reservations()
        finally:
            connection.close()

    assert all_at_once(lapse, 8) == {1: 1, 0: 7}
    item.refresh_from_db()
    assert (item.units_taken, Activity.objects.filter(kind="reservation_lapsed").count()) == (0, 1)

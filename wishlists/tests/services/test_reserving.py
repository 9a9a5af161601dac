"""Units: how many may be reserved, by whom, and what changes of the item do to them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from wishlists.models import Activity, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import ItemTaken, NotHolder, RecipientsDoNotGive
from wishlists.services.lists.items import edit_item, remove_item
from wishlists.services.reserving import change_reservation, release_reservation
from wishlists.tests.factories import seen_by, take, widen


def test_price_is_a_snapshot(item: Item, alice: User, bob: User) -> None:
    take(item, bob)
    edit_item(item=seen_by(alice, item), by=Viewer(user=alice), price_minor=9900, currency="USD")
    reservation = Reservation.objects.get(user=bob)
    assert (reservation.price_minor, reservation.currency) == (4990, "EUR")


def test_exactly_the_wanted_units_can_be_reserved(item: Item, alice: User, bob: User, charlie: User) -> None:
    widen(item, 5, alice)
    take(item, bob, 3)
    with pytest.raises(ItemTaken):
        take(item, charlie, 3)
    take(item, charlie, 2)
    item.refresh_from_db()
    assert item.units_taken == 5


def test_unlimited_item_gives_any_number_of_units(item: Item, alice: User, bob: User, charlie: User) -> None:
    widen(item, None, alice)
    take(item, bob, 10_000)
    take(item, charlie, 10_000)
    item.refresh_from_db()
    assert (item.units_taken, item.cap) == (20_000, None)


def test_change_the_number_of_units(item: Item, alice: User, bob: User, charlie: User) -> None:
    widen(item, 4, alice)
    mine = take(item, bob, 1)
    take(item, charlie, 1)
    change_reservation(reservation=mine, by=Viewer(user=bob), units=3)
    with pytest.raises(ItemTaken):
        change_reservation(reservation=mine, by=Viewer(user=bob), units=4)
    change_reservation(reservation=mine, by=Viewer(user=bob), units=2)
    item.refresh_from_db()
    assert item.units_taken == 3


def test_only_the_holder_changes_or_releases(item: Item, bob: User, charlie: User) -> None:
    reservation = take(item, bob)
    with pytest.raises(NotHolder):
        change_reservation(reservation=reservation, by=Viewer(user=charlie), units=1, status="purchased")
    with pytest.raises(NotHolder):
        release_reservation(reservation=reservation, by=Viewer(user=charlie))
    release_reservation(reservation=reservation, by=Viewer(user=bob))
    with pytest.raises(NotHolder):
        release_reservation(reservation=reservation, by=Viewer(user=bob))


def test_recipients_cannot_reserve(item: Item, alice: User) -> None:
    with pytest.raises(RecipientsDoNotGive):
        take(item, alice)


def test_lowering_the_quantity_keeps_reservations(item: Item, alice: User, bob: User, charlie: User) -> None:
    """`cap` keeps what is taken. Units that are released later are only available up to the new quantity."""
    widen(item, 5, alice)
    mine = take(item, bob, 4)
    assert widen(item, 2, alice).quantity == 2
    item.refresh_from_db()
    assert (item.quantity, item.cap, item.units_taken) == (2, 4, 4)
    with pytest.raises(ItemTaken):
        take(item, charlie)
    change_reservation(reservation=mine, by=Viewer(user=bob), units=1)
    item.refresh_from_db()
    assert (item.quantity, item.cap, item.units_taken) == (2, 2, 1)
    take(item, charlie)


def test_unlimited_item_may_get_a_quantity_below_what_is_taken(item: Item, alice: User, bob: User) -> None:
    widen(item, None, alice)
    take(item, bob, 7)
    widen(item, 3, alice)
    item.refresh_from_db()
    assert (item.quantity, item.cap, item.units_taken) == (3, 7, 7)


def test_reservations_of_a_removed_item_can_be_released(item: Item, alice: User, bob: User) -> None:
    reservation = take(item, bob)
    remove_item(item=seen_by(alice, item), by=Viewer(user=alice))
    reservation = Reservation.objects.select_related("item__wishlist").get(pk=reservation.pk)
    assert reservation.released_at is None
    release_reservation(reservation=reservation, by=Viewer(user=bob))
    item.refresh_from_db()
    assert item.units_taken == 0


def test_repeated_request_changes_and_logs_nothing(item: Item, bob: User) -> None:
    first = take(item, bob)
    rows = Activity.objects.count()
    assert take(item, bob).pk == first.pk
    assert Activity.objects.count() == rows


def test_reserving_and_buying_are_logged(item: Item, bob: User) -> None:
    reservation = take(item, bob)
    change_reservation(reservation=reservation, by=Viewer(user=bob), status="purchased")
    kinds = Activity.objects.filter(user=bob).order_by("created_at").values_list("kind", "circle")
    assert list(kinds) == [("item_reserved", "givers"), ("item_purchased", "givers")]


# --- constraints of the database, in case a service forgets a check ---------------------------------------------


def refuses(**changes: object) -> bool:
    try:
        with transaction.atomic():
            Item.objects.update(**changes)
    except IntegrityError:
        return True
    return False


def test_database_refuses_more_units_than_the_cap(item: Item) -> None:
    assert refuses(units_taken=2)
    assert not refuses(units_taken=1)


def test_database_refuses_a_cap_below_the_quantity(item: Item) -> None:
    assert refuses(quantity=2)
    assert refuses(cap=None)
    assert refuses(quantity=0, cap=0)


def test_database_refuses_a_second_active_reservation_of_a_giver(
    item: Item, wishlist: Wishlist, bob: User
) -> None:
    first = take(item, bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(item=item, user=bob, currency="EUR")
    release_reservation(reservation=first, by=Viewer(user=bob))
    Reservation.objects.create(item=item, user=bob, currency="EUR")


def test_database_refuses_a_reservation_without_a_giver(item: Item) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(item=item, currency="EUR")


def test_database_refuses_zero_units(item: Item, bob: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(item=item, user=bob, units=0, currency="EUR")

"""Lapses to the second, in three time zones, in nights when the clocks change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Notification, User
from tests.support.api_clients import Api
from wishlists.models import Activity, Guest, Item, Member, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services import lapsing
from wishlists.services.lapse_policy import lapse_of, nudge_of
from wishlists.services.lapsing import lapse_due_reservations, nudge_due_givers, start_terms
from wishlists.services.lists.items import add_item, remove_item, restore_item
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import (
    change_reservation,
    give_back,
    release_reservation,
    reserve_item,
)
from wishlists.tests.factories import seen_by, take

# The time zone, when the item is reserved, and when it lapses after three days. The clocks change in between.
NIGHTS = {
    "Berlin, clocks forward": ("Europe/Berlin", "2027-03-26 18:30", "2027-03-29T22:00:00Z"),
    "Berlin, clocks back": ("Europe/Berlin", "2026-10-23 09:00", "2026-10-26T23:00:00Z"),
    "New York, forward": ("America/New_York", "2027-03-12 23:59", "2027-03-16T04:00:00Z"),
    "New York, back": ("America/New_York", "2026-10-30 00:00", "2026-11-03T05:00:00Z"),
    "Auckland, forward": ("Pacific/Auckland", "2026-09-25 12:00", "2026-09-28T11:00:00Z"),
    "Auckland, back": ("Pacific/Auckland", "2027-04-02 12:00", "2027-04-05T12:00:00Z"),
}
SECOND = timedelta(seconds=1)


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def ask(item: Item, days: int | None, zone: str = "Europe/Berlin", **more: Any) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(lapse_days=days, time_zone=zone, **more)


def kinds(user: User) -> list[str]:
    notices = Notification.objects.filter(user=user).order_by("created_at")
    return [kind for kind in notices.values_list("kind", flat=True) if kind.startswith("reservation_")]


def end_of(mine: Reservation) -> datetime | None:
    mine.refresh_from_db()
    return mine.lapses_at


def is_held(mine: Reservation) -> bool:
    mine.refresh_from_db()
    return mine.released_at is None


@pytest.mark.parametrize("night", NIGHTS)
def test_reminder_and_lapse_come_at_midnight(night: str, item: Item, bob: User) -> None:
    """The reminder comes when the last day begins, and the lapse when it ends: at midnight of the list, however long
    the days are.
    """
    zone, taken, ends = NIGHTS[night]
    end = datetime.fromisoformat(ends)
    last_day = (end.astimezone(ZoneInfo(zone)) - timedelta(days=1)).replace(hour=0).astimezone(UTC)
    ask(item, 3, zone)
    with at(local(taken, zone)):
        mine = take(item, bob)
    assert mine.lapses_at == end
    assert end.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "00:00"
    for moment, nudged, lapsed in (
        (last_day - SECOND, 0, 0),
        (last_day, 1, 0),
        (end - SECOND, 0, 0),
        (end, 0, 1),
        (end + SECOND, 0, 0),
    ):
        with at(moment):
            assert (nudge_due_givers(), lapse_due_reservations()) == (nudged, lapsed), moment
    assert kinds(bob) == ["reservation_nudged", "reservation_lapsed"]
    assert not is_held(mine)
    item.refresh_from_db()
    assert item.units_taken == 0
    logged = Activity.objects.filter(kind__in=["reservation_nudged", "reservation_lapsed"])
    assert logged.filter(circle="givers", user=None).count() == logged.count() == 2


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("days", [1, 3, 7, 8, 30])
def test_full_days_are_granted_with_a_reminder_before_the_end(
    days: int, zone: str, item: Item, bob: User
) -> None:
    """At any hour of the year: at least n whole days, less than two more, and a reminder in between."""
    ask(item, days, zone)
    wishlist = Wishlist.objects.get(pk=item.wishlist_id)
    begin = local("2026-09-01 00:00", zone)
    for hours in range(0, 24 * 280, 5):
        taken = (begin.astimezone(UTC) + timedelta(hours=hours)).astimezone(ZoneInfo(zone))
        end = lapse_of(wishlist, Viewer(user=bob), taken)
        assert end is not None
        there = end.astimezone(ZoneInfo(zone))
        assert (there.hour, there.minute, (there.date() - taken.date()).days) == (0, 0, days + 1)
        assert taken < nudge_of(end, days, zone) < end


def test_lapsed_unit_is_offered_to_the_next_in_line(item: Item, bob: User, charlie: User) -> None:
    ask(item, 1)
    mine = take(item, bob)
    Member.objects.create(wishlist=item.wishlist, user=charlie, role="viewer")
    WaitlistEntry.objects.create(item=item, user=charlie)
    assert mine.lapses_at is not None
    with at(mine.lapses_at):
        assert lapse_due_reservations() == 1
        offer = Reservation.objects.active().get()
        assert (offer.user, offer.is_offer, offer.lapses_at) == (
            charlie,
            True,
            mine.lapses_at + timedelta(days=1),
        )
    for later, lapsed in ((timedelta(days=1) - SECOND, 0), (timedelta(days=1), 1)):
        with at(mine.lapses_at + later):
            assert lapse_due_reservations() == lapsed
    assert not Reservation.objects.active().exists()


KEPT: dict[str, Callable[[Reservation, User], Any]] = {
    "bought": lambda mine, bob: change_reservation(reservation=mine, by=Viewer(user=bob), stage="ordered"),
    "released": lambda mine, bob: release_reservation(reservation=mine, by=Viewer(user=bob)),
    "limit removed": lambda mine, bob: ask(mine.item, None),
    "limit raised": lambda mine, bob: ask(mine.item, 9),
    "removed": lambda mine, bob: Item.objects.filter(pk=mine.item_id).update(removed_at=timezone.now()),
    "hidden": lambda mine, bob: Wishlist.objects.filter(pk=mine.item.wishlist_id).update(
        hidden_at=timezone.now()
    ),
}


@pytest.mark.parametrize("way", KEPT)
def test_reservation_does_not_lapse(way: str, item: Item, bob: User) -> None:
    ask(item, 3)
    mine = take(item, bob)
    KEPT[way](mine, bob)
    assert mine.lapses_at is not None
    with at(mine.lapses_at):
        assert (nudge_due_givers(), lapse_due_reservations(), lapse_due_reservations()) == (0, 0, 0)
    assert kinds(bob) == []


def test_only_unbought_reservations_get_a_reminder(item: Item, bob: User) -> None:
    ask(item, 3)
    mine = take(item, bob)
    change_reservation(reservation=mine, by=Viewer(user=bob), status="purchased")
    assert mine.lapses_at is not None
    with at(mine.lapses_at - timedelta(hours=1)):
        assert nudge_due_givers() == 0


def test_unmarking_as_bought_restarts_the_term(item: Item, bob: User) -> None:
    ask(item, 3)
    mine = take(item, bob)
    change_reservation(reservation=mine, by=Viewer(user=bob), stage="arrived")
    assert end_of(mine) is None
    with at(timezone.now() + timedelta(days=30)):
        change_reservation(reservation=mine, by=Viewer(user=bob), stage="reserved")
        end = end_of(mine)
        assert end is not None
        assert end > timezone.now() + timedelta(days=3)


def test_new_limit_gives_existing_reservations_the_full_term(item: Item, bob: User) -> None:
    """Their givers get all days from then on, and a reminder like everybody."""
    mine = take(item, bob)
    assert end_of(mine) is None
    with at(timezone.now() + timedelta(days=100)):
        ask(item, 4)
        assert (start_terms(), start_terms()) == (1, 0)
        end = end_of(mine)
        assert end is not None
        assert end > timezone.now() + timedelta(days=4)
    with at(end):
        assert lapse_due_reservations() == 1


def test_restored_item_lapses_after_restoring(item: Item, alice: User, bob: User) -> None:
    ask(item, 1)
    mine = take(item, bob)
    remove_item(item=seen_by(alice, item), by=Viewer(user=alice))
    assert mine.lapses_at is not None
    with at(mine.lapses_at + timedelta(days=5)):
        assert lapse_due_reservations() == 0
        restore_item(item=seen_by(alice, item), by=Viewer(user=alice))
        assert lapse_due_reservations() == 1


def test_unconfirmed_guest_holds_for_a_day(item: Item, wishlist: Wishlist) -> None:
    ask(item, None, guests_confirm=True)
    guest, moment = join_guest(wishlist=wishlist, name="Grandma"), timezone.now()
    with at(moment):
        there = Item.objects.get(pk=item.pk)
        mine = reserve_item(item=there, by=Viewer(guest=guest, by_link=True))
    assert mine.lapses_at == moment + timedelta(days=1)
    for later, lapsed in ((timedelta(days=1) - SECOND, 0), (timedelta(days=1), 1)):
        with at(moment + later):
            assert lapse_due_reservations() == lapsed


def test_confirmed_guest_keeps_the_reservation(item: Item, wishlist: Wishlist) -> None:
    ask(item, None, guests_confirm=True)
    guest = join_guest(wishlist=wishlist, name="Grandma")
    there = Item.objects.get(pk=item.pk)
    mine = reserve_item(item=there, by=Viewer(guest=guest, by_link=True))
    Guest.objects.filter(pk=guest.pk).update(confirmed_at=timezone.now())
    with at(timezone.now() + timedelta(days=2)):
        assert lapse_due_reservations() == 0
    assert is_held(mine)
    assert mine.lapses_at is None


def test_recipients_see_nothing_of_a_lapse(as_alice: Api, item: Item, bob: User) -> None:
    """Bob reserves, is reminded, and loses it. Then the list is as if he had never reserved."""
    ask(item, 3)
    paths = [f"/wishlists/{item.wishlist_id}/{what}" for what in ("items", "activity")]
    before = [as_alice("GET", path).json() for path in paths]
    mine = take(item, bob)
    assert mine.lapses_at is not None
    for moment in (mine.lapses_at - timedelta(hours=1), mine.lapses_at):
        with at(moment):
            nudge_due_givers()
            lapse_due_reservations()
    assert not is_held(mine)
    assert [as_alice("GET", path).json() for path in paths] == before


def test_new_recipient_is_not_notified_of_a_lapse(item: Item, bob: User) -> None:
    ask(item, 3)
    mine = take(item, bob)
    Member.objects.filter(user=bob).update(is_recipient=True)
    assert mine.lapses_at is not None
    with at(mine.lapses_at):
        assert lapse_due_reservations() == 1
    assert kinds(bob) == []


def test_row_handled_by_another_worker_is_skipped(item: Item, bob: User) -> None:
    """The row is read again under its lock."""
    ask(item, 1)
    mine = take(item, bob)
    assert mine.lapses_at is not None
    with at(mine.lapses_at):
        assert [lapsing._lapse(mine.pk), lapsing._lapse(mine.pk)] == [True, False]
    assert Activity.objects.filter(kind="reservation_lapsed").count() == 1


def test_failing_row_does_not_stop_the_others(
    item: Item, wishlist: Wishlist, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(item, 1)
    other = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot")
    first, second = take(item, bob), take(other, bob)

    def failing(*, reservation: Reservation, **rest: Any) -> Reservation:
        if reservation.pk == first.pk:
            raise ZeroDivisionError
        return give_back(reservation=reservation, **rest)

    monkeypatch.setattr(lapsing, "give_back", failing)
    assert first.lapses_at is not None
    with at(first.lapses_at):
        assert lapse_due_reservations() == 1
    assert (is_held(first), is_held(second)) == (True, False)

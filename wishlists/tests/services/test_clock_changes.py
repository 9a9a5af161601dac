"""What ends at a moment, in nights in which the clocks change: deadlines of collections, offers, unconfirmed guests.

Days of the reveal are in test_reveal_dates.py, lapses by the day in test_lapsing.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from wishlists.models import Collection, Contribution, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lapsing import lapse_due_reservations
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.money.collecting import end_due_collections
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import release_item, reserve_item
from wishlists.services.waitlisting import wait_for_item
from wishlists.tests.factories import seen_by, take

pytestmark = pytest.mark.django_db

# Where, the day on which the clocks change there, how many hours it has, and when it is over.
NIGHTS: dict[str, tuple[str, date, float, str]] = {
    "Berlin, forward": ("Europe/Berlin", date(2027, 3, 28), 23, "2027-03-28T22:00:00Z"),
    "Berlin, back": ("Europe/Berlin", date(2027, 10, 31), 25, "2027-10-31T23:00:00Z"),
    "New York, forward": ("America/New_York", date(2027, 3, 14), 23, "2027-03-15T04:00:00Z"),
    "New York, back": ("America/New_York", date(2027, 11, 7), 25, "2027-11-08T05:00:00Z"),
    "Auckland, forward": ("Pacific/Auckland", date(2027, 9, 26), 23, "2027-09-26T11:00:00Z"),
    "Auckland, back": ("Pacific/Auckland", date(2027, 4, 4), 25, "2027-04-04T12:00:00Z"),
    "Lord Howe, by half an hour": ("Australia/Lord_Howe", date(2027, 4, 4), 24.5, "2027-04-04T13:30:00Z"),
}
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def noon_before(day: date, zone: str) -> datetime:
    return datetime.combine(day - DAY, time(12), ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("night", NIGHTS)
def test_the_last_day_of_a_collection_counts_whole(night: str, item: Item, bob: User) -> None:
    """As one types it on the page: the day is over as it is over where the list is, 23 hours or 25."""
    zone, day, hours, over = NIGHTS[night]
    end = datetime.fromisoformat(over)
    begins = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    assert end - begins == timedelta(hours=hours)
    Wishlist.objects.filter(pk=item.wishlist_id).update(time_zone=zone)
    typed = {"item": str(item.pk), "currency": "EUR", "target": "40", "last_day": str(day), "note": ""}
    with at(noon_before(day, zone)):
        browser = Client()
        browser.force_login(bob)
        assert browser.post(f"/lists/{item.wishlist_id}/collecting", typed).status_code == 303
        seen = seen_by(bob, item)
        contribute(item=seen, by=Viewer(user=bob), amount_minor=500, status="pledged", currency="EUR")
    assert Collection.objects.get().deadline_at == end
    for moment, ended, standing in ((begins, 0, 1), (end - SECOND, 0, 1), (end, 1, 0), (end + SECOND, 0, 0)):
        with at(moment):
            assert (end_due_collections(), Contribution.objects.standing().count()) == (ended, standing)


@pytest.mark.parametrize("night", NIGHTS)
def test_an_offer_is_held_for_24_hours(night: str, item: Item, alice: User, bob: User, dora: User) -> None:
    """However long that day is: a day is what the notification says, to the second."""
    zone, day, _hours, _over = NIGHTS[night]
    share_wishlist(wishlist=item.wishlist, by=alice, email=dora.email, role="viewer")
    freed = noon_before(day, zone)
    with at(freed):
        take(item, bob)
        wait_for_item(item=seen_by(dora, item), by=Viewer(user=dora))
        release_item(item=seen_by(bob, item), by=Viewer(user=bob))
    assert Reservation.objects.active().get().lapses_at == freed + DAY
    lapses_at_the_second(freed + DAY)


@pytest.mark.parametrize("night", NIGHTS)
def test_an_unconfirmed_guest_holds_for_24_hours(night: str, item: Item, wishlist: Wishlist) -> None:
    zone, day, _hours, _over = NIGHTS[night]
    Wishlist.objects.filter(pk=wishlist.pk).update(guests_confirm=True, time_zone=zone)
    taken = noon_before(day, zone)
    with at(taken):
        guest = join_guest(wishlist=wishlist, name="Grandma")
        there = Item.objects.get(pk=item.pk)
        reserve_item(item=there, by=Viewer(guest=guest, by_link=True))
    lapses_at_the_second(taken + DAY)


def lapses_at_the_second(end: datetime) -> None:
    for moment, lapsed, held in ((end - SECOND, 0, 1), (end, 1, 0), (end + SECOND, 0, 0)):
        with at(moment):
            assert (lapse_due_reservations(), Reservation.objects.active().count()) == (lapsed, held)

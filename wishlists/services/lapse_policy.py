"""When reservations and offers end. Days are whole days in the list's time zone, also when the clocks change.

An unbought reservation is held for the rest of the day on which it was made and for `lapse_days` more. It lapses at the
end of the last day. Its giver is reminded when the last quarter of those days begins, or the last day at the latest.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.time.days import start_of_day
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer

OFFERED_FOR = timedelta(days=1)
"""How long a freed unit is held for the first giver in line, to the minute."""
UNCONFIRMED_FOR = timedelta(days=1)
"""How long an unconfirmed guest may hold something, if the list asks guests to confirm their address."""


def lapse_of(wishlist: Wishlist, giver: Viewer, taken: datetime) -> datetime | None:
    """Return when a reservation that `giver` makes at `taken` lapses unless it is bought before. None means never."""
    if wishlist.guests_confirm and giver.guest is not None and giver.guest.confirmed_at is None:
        return taken + UNCONFIRMED_FOR
    if wishlist.lapse_days is None:
        return None
    day = taken.astimezone(ZoneInfo(wishlist.time_zone)).date()
    return start_of_day(day + timedelta(days=wishlist.lapse_days + 1), wishlist.time_zone)


def nudge_lead(lapse_days: int) -> timedelta:
    return timedelta(days=max(1, lapse_days // 4))


def nudge_of(lapses_at: datetime, lapse_days: int, zone: str) -> datetime:
    """Return when the giver of a reservation that lapses at `lapses_at` is reminded: at the start of a day, like the
    lapse.
    """
    return start_of_day(lapses_at.astimezone(ZoneInfo(zone)).date() - nudge_lead(lapse_days), zone)

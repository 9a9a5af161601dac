"""Until when something is held. The days of a list are whole days of its time zone, whatever the clocks do that night.

A reservation without purchase is held for the rest of the day on which it was taken and `lapse_days` more; it lapses
as the last of them ends. Its giver is reminded as the last quarter of those days begins, the last day at the latest.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.time.days import start_of_day
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer

OFFERED_FOR = timedelta(days=1)
"""What frees up is held for the first in line this long, to the minute."""
UNCONFIRMED_FOR = timedelta(days=1)
"""How long a guest holds something before they confirm their address, where the list asks for that."""


def lapse_of(wishlist: Wishlist, giver: Viewer, taken: datetime) -> datetime | None:
    """When what `giver` reserves at `taken` lapses, unless it is bought before; None: never."""
    if wishlist.guests_confirm and giver.guest is not None and giver.guest.confirmed_at is None:
        return taken + UNCONFIRMED_FOR
    if wishlist.lapse_days is None:
        return None
    day = taken.astimezone(ZoneInfo(wishlist.time_zone)).date()
    return start_of_day(day + timedelta(days=wishlist.lapse_days + 1), wishlist.time_zone)


def nudge_lead(lapse_days: int) -> timedelta:
    return timedelta(days=max(1, lapse_days // 4))


def nudge_of(lapses_at: datetime, lapse_days: int, zone: str) -> datetime:
    """When the giver of what lapses at `lapses_at` is reminded: as a day begins, like the lapse itself."""
    return start_of_day(lapses_at.astimezone(ZoneInfo(zone)).date() - nudge_lead(lapse_days), zone)

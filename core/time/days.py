"""Time zones by name, and days in the time zone of a list."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """Return the names of the tz database, such as `Europe/Berlin`. Cached, because it reads a directory."""
    return frozenset(available_timezones())


def zone_choices() -> list[tuple[str, str]]:
    """Return the names of all time zones, for the choices of a form."""
    return [(name, name.replace("_", " ")) for name in sorted(time_zones())]


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the first moment of `day` in the time zone, in UTC.

    If clocks skip midnight, it is the moment after the skip; if midnight comes twice, it is the first one.
    """
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)

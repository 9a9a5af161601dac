"""Days as people of one place count them: the list says which place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """The names of the tz database, such as `Europe/Berlin`. Finding them reads a directory, so it is done once."""
    return frozenset(available_timezones())


def start_of_day(day: date, time_zone: str) -> datetime:
    """The first moment of `day` there, in UTC.

    Where clocks skip midnight that is the moment after the skip; where they strike it twice, the first stroke.
    """
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)

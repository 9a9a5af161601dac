"""Days as people of one place count them: the list says which place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format


def told_deadline(moment: datetime, time_zone: str) -> str:
    """The last day, if `moment` is where a day begins there; else the day and the time."""
    there = moment.astimezone(ZoneInfo(time_zone))
    if moment == start_of_day(there.date(), time_zone):
        return date_format(there - timedelta(seconds=1), "DATE_FORMAT")
    return date_format(there, "DATETIME_FORMAT")


def told_moment(moment: datetime, time_zone: str) -> str:
    """The day, if `moment` is where it begins there; else the day, the time and where that is."""
    there = moment.astimezone(ZoneInfo(time_zone))
    if moment == start_of_day(there.date(), time_zone):
        return date_format(there, "DATE_FORMAT")
    return f"{date_format(there, 'DATETIME_FORMAT')} ({time_zone})"


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """The names of the tz database, such as `Europe/Berlin`. Finding them reads a directory, so it is done once."""
    return frozenset(available_timezones())


def start_of_day(day: date, time_zone: str) -> datetime:
    """The first moment of `day` there, in UTC.

    Where clocks skip midnight that is the moment after the skip; where they strike it twice, the first stroke.
    """
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)

"""Format moments for people, with the name of the time zone, because readers of a page may be in different zones.

Readers who chose a time zone get moments in it. For others, moments of a list are shown in the list's time zone, and all
others in the site's (docs/forms.md). Days, such as a deadline at the end of a day, are always those of the list's zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.text.locales import locale_of

_WITHOUT_A_PLACE = ("UTC", "GMT", "Etc/", "Factory")

_readers_zone: ContextVar[str] = ContextVar("readers_zone", default="")


def set_readers_zone(zone: str) -> None:
    """Format moments in this zone until it is set again. Without one (""), in that of the list or site."""
    _readers_zone.set(zone)


@contextmanager
def moments_in(zone: str) -> Iterator[None]:
    """Format moments in this zone within the body."""
    token = _readers_zone.set(zone)
    try:
        yield
    finally:
        _readers_zone.reset(token)


def format_moment(moment: datetime | None, zone: str = "") -> str:
    """Return day, time and zone: `Dec. 3, 2026, 8 p.m. (Los Angeles time)`.

    The reader's zone comes before `zone`. If the hour comes twice on that day, the offset is added.
    """
    if moment is None:
        return ""
    zone = _readers_zone.get() or zone
    there = _at(moment, zone)
    text = date_format(there, "DATETIME_FORMAT")
    place = format_zone(zone)
    if _comes_twice(there):
        return f"{text} ({place}, {_offset(there)})"
    return f"{text} UTC" if place == "UTC" else f"{text} ({place})"


def format_beginning(moment: datetime, zone: str = "") -> str:
    """Return only the day, if `moment` is the start of a day in the zone; else day and time."""
    there = _at(moment, zone)
    before = (moment - timedelta(microseconds=1)).astimezone(there.tzinfo)
    return format_moment(moment, zone) if before.date() == there.date() else format_day(there.date(), zone)


def format_deadline(moment: datetime | None, zone: str = "") -> str:
    """Return only the day before, if `moment` is the start of a day in the zone; else day and time."""
    if moment is None:
        return ""
    there = _at(moment, zone)
    before = (moment - timedelta(microseconds=1)).astimezone(there.tzinfo)
    if before.date() == there.date():
        return format_moment(moment, zone)
    return format_day(before.date(), zone)


def format_day(day: date, zone: str = "") -> str:
    """Return the day with the name of the zone."""
    return f"{date_format(day, 'DATE_FORMAT')} ({format_zone(zone)})"


def format_zone(zone: str = "") -> str:
    """Return the name of a zone: `Los Angeles time`, `UTC`."""
    return _format_zone(zone or settings.TIME_ZONE, get_language() or "en")


@lru_cache(maxsize=1024)
def _format_zone(zone: str, language: str) -> str:
    city = str(get_timezone_location(ZoneInfo(zone), locale=locale_of(language) or "en", return_city=True))
    if city == "UTC" or zone in ("GMT", "Greenwich"):
        return "UTC"
    if zone.startswith(_WITHOUT_A_PLACE) or city == zone:
        return _offset(datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)))
    return _("{city} time").format(city=city)


def _at(moment: datetime, zone: str) -> datetime:
    """Return the moment in the zone. Raises ValueError for a naive moment."""
    return timezone.localtime(moment, ZoneInfo(zone or settings.TIME_ZONE))


def _comes_twice(there: datetime) -> bool:
    first, second = (there.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def _offset(there: datetime) -> str:
    minutes = int((there.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")

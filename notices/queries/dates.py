"""The dates of a user's calendar. Each app adds the dates of its own things, as the user may know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User


@dataclass(frozen=True)
class CalendarDate:
    """A whole day in a calendar."""

    key: str
    """Names it for good, so that calendar programs move it and don't add it again: `due <id of the list>`."""
    title: str
    day: date
    changed_at: datetime
    """The last change of what this user may see of it."""
    page: str = ""
    """The path of its page."""


DateSource = Callable[[User], Iterable[CalendarDate]]

date_sources: list[DateSource] = []
"""The apps above add theirs."""


def dates_of(user: User) -> list[CalendarDate]:
    found = [one for source in date_sources for one in source(user)]
    return sorted(found, key=lambda one: (one.day, one.key))

"""Birthdays, with or without a year: `1950-05-12`, or `--05-12` if nobody knows the year (as in ISO 8601 and vCard)."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_FORM = re.compile(r"(?:([0-9]{4})-|--)([0-9]{2})-([0-9]{2})", re.ASCII)
_LEAP_YEAR = 2000
FIRST_YEAR = 1850


class NoBirthday(ValueError):
    """The text is no day, or no day on which somebody can be born."""


class Birthday(NamedTuple):
    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        start = "-" if self.year is None else f"{self.year:04}"
        return f"{start}-{self.month:02}-{self.day:02}"

    def in_year(self, year: int) -> date:
        """Return the day on which it is celebrated. 29 February is on 28 February in years without that day, so that a
        reminder never comes late.
        """
        if (self.month, self.day) == (2, 29) and not _is_leap(year):
            return date(year, 2, 28)
        return date(year, self.month, self.day)

    def next_from(self, today: date) -> date:
        """Return the next birthday: today, or the first day after it."""
        this_year = self.in_year(today.year)
        return this_year if this_year >= today else self.in_year(today.year + 1)

    @property
    def day_and_month(self) -> date:
        """Return the day in some leap year, to be written without its year."""
        return date(_LEAP_YEAR, self.month, self.day)

    def age_on(self, day: date) -> int | None:
        """Return the age that they reach in the year of `day`, if the year of birth is known."""
        return None if self.year is None else day.year - self.year


def birthday_of(year: int | None, month: int, day: int, *, today: date) -> Birthday:
    """Return the birthday, or raise `NoBirthday`. Without a year, 29 February counts as a day."""
    try:
        born = date(_LEAP_YEAR if year is None else year, month, day)
    except ValueError as error:
        raise NoBirthday from error
    if year is not None and not (year >= FIRST_YEAR and born <= today):
        raise NoBirthday
    return Birthday(month, day, year)


def read_birthday(text: str, *, today: date) -> Birthday:
    """Read `1950-05-12` or `--05-12`. Raises `NoBirthday`."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise NoBirthday
    year, month, day = match.groups()
    return birthday_of(int(year) if year else None, int(month), int(day), today=today)


def stored_birthday(text: str) -> Birthday | None:
    """Return the birthday in a column, which was checked when it was written."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    year, month, day = match.groups()
    return Birthday(int(month), int(day), int(year) if year else None)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)

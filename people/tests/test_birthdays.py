"""Birthdays with and without a year, and on 29 February."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.birthdays import NoBirthday, read_birthday, stored_birthday

pytestmark = pytest.mark.once

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    "text", ["1950-05-12", "--05-12", "--02-29", "1952-02-29", "2026-12-01", "1850-01-01"]
)
def test_day_is_read_and_written_the_same(text: str) -> None:
    assert str(read_birthday(text, today=TODAY)) == text
    assert str(stored_birthday(text)) == text


@pytest.mark.parametrize(
    "text",
    ["1951-02-29", "--02-30", "--13-01", "--00-10", "2026-12-02", "1849-12-31", "1950-5-12", "0000-01-01", "x", "", "-05-12"],
)  # fmt: skip
def test_other_texts_are_no_birthday(text: str) -> None:
    with pytest.raises(NoBirthday):
        read_birthday(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "today", "following"),
    [
        ("--05-12", date(2026, 5, 12), date(2026, 5, 12)),
        ("--05-12", date(2026, 5, 13), date(2027, 5, 12)),
        ("--02-29", date(2026, 1, 1), date(2026, 2, 28)),
        ("--02-29", date(2026, 3, 1), date(2027, 2, 28)),
        ("--02-29", date(2027, 12, 1), date(2028, 2, 29)),
        ("--02-29", date(2028, 2, 29), date(2028, 2, 29)),
        ("--01-01", date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_next_birthday(text: str, today: date, following: date) -> None:
    assert read_birthday(text, today=TODAY).next_from(today) == following


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dates(date(1850, 1, 1), TODAY), st.dates(date(2020, 1, 1), date(2100, 12, 31)))
def test_next_birthday_is_within_a_year_and_at_most_a_day_early(born: date, today: date) -> None:
    birthday = read_birthday(born.isoformat(), today=TODAY)
    following = birthday.next_from(today)
    assert 0 <= (following - today).days <= 366
    assert (following.month, following.day) in {(born.month, born.day), (2, 28)}
    assert birthday.age_on(following) == following.year - born.year


def test_age_is_unknown_without_a_year() -> None:
    assert read_birthday("--05-12", today=TODAY).age_on(TODAY) is None

"""The type of projected rows: plain dicts. Amounts in them are `Money`."""

from __future__ import annotations

from typing import Any

from core.errors.refusals import Refusal
from core.money.money import Money
from core.projections.fields import Get

Row = dict[str, Any]


def money_of(column: str, currency: str = "currency") -> Get:
    """Return what reads an amount from the column with its minor units and the column with its currency."""

    def get(row: Row, _about: object) -> Money | None:
        minor = row[column]
        return None if minor is None else Money(minor, row[currency])

    return get


def the_one(rows: list[Row], missing: type[Refusal]) -> Row:
    """Return the first row. Raises `missing` if there is none, because it doesn't exist or the viewer may not see it."""
    if not rows:
        raise missing
    return rows[0]

"""The schedule of periodic work. jobs/periodic.py runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Row:
    name: str
    seconds: float
    run: Callable[[], object]
    by_each: bool = False
    """Run by each worker, because it concerns its machine."""
    is_upkeep: bool = False
    """May take long and is not urgent, so it has its own lane."""
    is_outgoing: bool = False
    """Waits for servers of others, so it has its own lane."""


_table: dict[str, Row] = {}


def every(
    period: timedelta,
    *,
    name: str,
    by_each: bool = False,
    is_upkeep: bool = False,
    is_outgoing: bool = False,
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Decorate a function that one of the workers runs every `period`. See `Row` for the other arguments."""

    def register(run: Callable[[], None]) -> Callable[[], None]:
        _table[name] = Row(name, period.total_seconds(), run, by_each, is_upkeep, is_outgoing)
        return run

    return register


def table() -> list[Row]:
    return list(_table.values())

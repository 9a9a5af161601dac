"""The schedule: what a worker does every so often. jobs/periodic.py runs it."""

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
    """By each worker, as it is about something of its machine."""
    is_upkeep: bool = False
    """Nobody waits for it, and it may take long, so it has a lane of its own."""


_table: dict[str, Row] = {}


def every(
    period: timedelta, *, name: str, by_each: bool = False, is_upkeep: bool = False
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run the function below this often, by one worker of all. See `Row` for the rest."""

    def register(run: Callable[[], None]) -> Callable[[], None]:
        _table[name] = Row(name, period.total_seconds(), run, by_each, is_upkeep)
        return run

    return register


def table() -> list[Row]:
    return list(_table.values())

"""The periodic table: what a worker does every so often.

Each app registers its rows as it is imported in `ready()`. Every worker process runs all of them, so each must be
harmless when it runs twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    name: str
    seconds: float
    run: Callable[[], object]


_table: dict[str, Row] = {}


def every(period: timedelta, *, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run the function below this often, the first time soon after the start."""

    def register(run: Callable[[], None]) -> Callable[[], None]:
        _table[name] = Row(name, period.total_seconds(), run)
        return run

    return register


def table() -> list[Row]:
    return list(_table.values())


class Clock:
    """Remembers for one worker when each row ran last."""

    def __init__(self, rows: list[Row], now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due = dict.fromkeys(rows, now())

    def run_due(self) -> None:
        """Run what is due. A row that fails is logged and comes again in its time; the others do not notice."""
        for row, due in self._due.items():
            if due > self._now():
                continue
            self._due[row] = self._now() + row.seconds
            try:
                row.run()
            except Exception:
                logger.exception("Periodic job %r failed.", row.name)

"""Limit how many stored bytes (snapshots and replays) one socket, person or address may read per minute.

The cost of a read is known only afterwards. So a client with anything left in its budget gets the whole answer, and
then waits until the debt is paid.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Hashable
from threading import Lock

REFILL_SECONDS = 60.0
FORGET_ABOVE = 10_000
"""When there are more keys than this, keys without debt are forgotten."""


class ByteBudget:
    """A budget of `size` bytes at once, refilled over a minute."""

    __slots__ = ("_clock", "_credit", "_size", "_updated")

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = size, clock
        self._credit, self._updated = float(size), clock()

    def spend(self, length: int) -> None:
        self._refill()
        self._credit -= length

    def wait_seconds(self) -> int:
        """Return the seconds until something is left, or 0 if there is something now."""
        self._refill()
        if self._credit > 0:
            return 0
        return math.ceil(-self._credit * REFILL_SECONDS / self._size) or 1

    @property
    def is_full(self) -> bool:
        self._refill()
        return self._credit >= self._size

    def _refill(self) -> None:
        now = self._clock()
        earned = (now - self._updated) * self._size / REFILL_SECONDS
        self._credit, self._updated = min(float(self._size), self._credit + earned), now


class ByteBudgets:
    """The budgets of one process that several sockets or requests share, by key. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._budgets: dict[Hashable, ByteBudget] = {}
        self._forget_above = FORGET_ABOVE

    def __len__(self) -> int:
        return len(self._budgets)

    def of(self, key: Hashable, size: int) -> ByteBudget:
        with self._lock:
            if len(self._budgets) > self._forget_above:
                self._budgets = {one: budget for one, budget in self._budgets.items() if not budget.is_full}
                self._forget_above = max(FORGET_ABOVE, 2 * len(self._budgets))
            return self._budgets.setdefault(key, ByteBudget(size, self._clock))


shared_budgets = ByteBudgets()


def wait_seconds(budgets: Collection[ByteBudget]) -> int:
    """Return the longest wait of these budgets in seconds."""
    return max(budget.wait_seconds() for budget in budgets)


def spend(budgets: Collection[ByteBudget], length: int) -> None:
    for budget in budgets:
        budget.spend(length)

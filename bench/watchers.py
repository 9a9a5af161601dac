"""Sockets on many lists, which record when the last socket of a list saw each change.

Started by `spread.py`. A change is identified by the number in its title.
"""

from __future__ import annotations

import json
import re
import sys
import time
from typing import Any

from bench.clients import Clients, tell

CHANGE = re.compile(rb'"title":"change (\d+)"')


class Watchers(Clients):
    """Records for each change how many sockets saw it, and when the last did."""

    def __init__(self, port: int, paths: list[str], number: int) -> None:
        self.seen: dict[int, tuple[int, int]] = {}
        super().__init__(port, paths, number)

    def _count(self, changes: int, data: bytes, end: int) -> None:
        now = time.monotonic_ns()
        for found in CHANGE.finditer(data, 0, end):
            number = int(found[1])
            times, _ = self.seen.get(number, (0, 0))
            self.seen[number] = times + 1, now

    def _obey(self, command: dict[str, Any]) -> None:
        tell({"seen": self.seen})


if __name__ == "__main__":
    _, port, paths, number = sys.argv
    watchers = Watchers(int(port), json.loads(paths), int(number))
    tell({"open": len(watchers.sockets)})
    watchers.run()

"""A cache of the rows of lists that were answered lately, by their entity tag.

A tag names the audience, its sight and the revision of what it sees (entity_tags.py), so whatever changes for an audience changes
the tag, and what was remembered under the old one is asked for no more. In one process, and bounded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

MOST = 5_000
"""Rows, of all lists together: some 15 MiB."""

Rows = list[dict[str, Any]]


class ResponseCache:
    """The least lately asked for is forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._rows = most, 0
        self._lock = Lock()
        self._lists: OrderedDict[str, Rows] = OrderedDict()

    def rows(self, tag: str, read: Callable[[], Rows]) -> Rows:
        """Read where the tag is new. The tag must have been made before; nobody may change what this returns."""
        with self._lock:
            if tag in self._lists:
                self._lists.move_to_end(tag)
                return self._lists[tag]
        found = read()
        with self._lock:
            if tag not in self._lists and len(found) <= self._most:
                self._lists[tag] = found
                self._rows += len(found)
            while self._rows > self._most:
                self._rows -= len(self._lists.popitem(last=False)[1])
        return found

    def forget(self) -> None:
        """All of it: for tests that undo what was committed, and come to the same tags with other rows."""
        with self._lock:
            self._lists.clear()
            self._rows = 0


response_cache = ResponseCache()

"""A cache of the rows of recently requested lists, by entity tag.

A tag names the audience, its sight and the revision of what it sees (entity_tags.py). So a change that an audience can
see changes the tag, and rows under the old tag are no longer requested. The cache is per process and has a limit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

MOST = 5_000
"""The maximum number of rows of all lists together, about 15 MiB."""

Rows = list[dict[str, Any]]


class ResponseCache:
    """A least-recently-used cache."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._rows = most, 0
        self._lock = Lock()
        self._lists: OrderedDict[str, Rows] = OrderedDict()

    def rows(self, tag: str, read: Callable[[], Rows]) -> Rows:
        """Return the rows for `tag`, and call `read` if they are not cached. Compute the tag first. Don't change the
        returned rows.
        """
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
        """Remove everything. For tests that roll back, and reach the same tags with other rows."""
        with self._lock:
            self._lists.clear()
            self._rows = 0


response_cache = ResponseCache()

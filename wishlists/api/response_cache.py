"""A cache of recently requested lists as they are answered, by entity tag.

A tag names the audience, its sight and the revision of what it sees (entity_tags.py). So a change that an audience can
see changes the tag, and answers under the old tag are no longer requested. The cache is per process and has a limit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

from orjson import Fragment

from core.api.renderers import encode
from core.projections.fields import refuse_undeclared

MOST = 5_000
"""The maximum number of rows of all lists together, about 5 MiB."""

Rows = list[dict[str, Any]]


class _Kept(NamedTuple):
    answer: Fragment
    rows: int


class ResponseCache:
    """A least-recently-used cache."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._rows = most, 0
        self._lock = Lock()
        self._lists: OrderedDict[str, _Kept] = OrderedDict()

    def answer(self, tag: str, read: Callable[[], Rows]) -> Fragment:
        """Return the rows for `tag` as JSON, and call `read` if they are not cached. Compute the tag first."""
        with self._lock:
            if tag in self._lists:
                self._lists.move_to_end(tag)
                return self._lists[tag].answer
        rows = read()
        # Views check what they answer, but they can't look into JSON.
        refuse_undeclared({"answer": rows})
        made = _Kept(Fragment(encode(rows)), len(rows))
        with self._lock:
            if tag not in self._lists and made.rows <= self._most:
                self._lists[tag] = made
                self._rows += made.rows
            while self._rows > self._most:
                self._rows -= self._lists.popitem(last=False)[1].rows
        return made.answer

    def forget(self) -> None:
        """Remove everything. For tests that roll back, and reach the same tags with other rows."""
        with self._lock:
            self._lists.clear()
            self._rows = 0


response_cache = ResponseCache()

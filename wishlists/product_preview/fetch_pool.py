"""The few threads in which pages are fetched: each fetch may take five seconds, and no other request waits behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Refusal

T = TypeVar("T")


class TooManyFetches(Refusal):
    status_code = 503
    default_code = "too_many_fetches"
    default_detail = _("Too many pages are being read right now. Try again in a few seconds.")
    wait = 5


class TooManyOfYours(TooManyFetches):
    status_code = 429
    default_code = "too_many_of_yours"
    default_detail = _("Wait until the other pages have been read.")


class FetchPool:
    """`workers` fetches at a time and `waiting` more in line, at most `each` for one person; past that, a refusal."""

    def __init__(self, *, workers: int = 8, waiting: int = 8, each: int = 4) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="fetch")
        self._most, self._each = workers + waiting, each
        self._lock = Lock()
        self._under_way: Counter[Hashable] = Counter()

    def submit(self, person: Hashable, fetch: Callable[[], T]) -> Future[T]:
        with self._lock:
            if self._under_way[person] >= self._each:
                raise TooManyOfYours
            if self._under_way.total() >= self._most:
                raise TooManyFetches
            self._under_way[person] += 1
        future = self._executor.submit(fetch)
        # A place is free when the thread is, not when the one who asked has gone away.
        future.add_done_callback(lambda _done: self._leave(person))
        return future

    def _leave(self, person: Hashable) -> None:
        with self._lock:
            self._under_way[person] -= 1
            self._under_way += Counter()  # forgets those who have none

"""Where rate limits are counted: in Redis if there is one, and in this process while there is none that answers.

A limit is never a reason to fail or to wait. A Redis that does not answer within `PATIENCE` is left alone for `REST`
seconds; until then each process counts for itself, beginning with nothing. So with n processes and no Redis somebody may
have up to n times the bound, and never an error.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TypeVar

import redis
from django.conf import settings
from limits import RateLimitItem
from limits.storage import MovingWindowSupport, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds, for connecting and for each answer."""
REST = 5.0
"""Seconds for which a Redis that failed is not asked again."""
MOST_KEYS = 100_000
"""So many are remembered in a process; then the one that was used longest ago is forgotten."""

T = TypeVar("T")


class ProcessMemory(Storage, MovingWindowSupport):
    """Moving windows in the memory of this process, with a bound.

    The library's own memory storage starts a thread after each hit that walks through all keys: with 10,000 keys and a
    hundred hits a second that took a third of a processor. This one drops what has expired as it goes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._windows: OrderedDict[str, tuple[int, deque[float]]] = OrderedDict()  # by last use, oldest first

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = time.time()
        with self._lock:
            self._forget_old(now)
            hits = self._hits(key, expiry, now)
            if len(hits) + amount > limit:
                return False
            hits.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest hit in the window was, and how many there are."""
        now = time.time()
        with self._lock:
            known = self._windows.get(key)
            hits = [hit for hit in known[1] if hit > now - expiry] if known else []
        return (hits[0], len(hits)) if hits else (now, 0)

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def reset(self) -> int | None:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
        return count

    def check(self) -> bool:
        return True

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("Only moving windows are kept here.")

    def get(self, key: str) -> int:
        raise NotImplementedError("Only moving windows are kept here.")

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError("Only moving windows are kept here.")

    def _hits(self, key: str, expiry: int, now: float) -> deque[float]:
        """Those in the window. Marks the key as used."""
        _, hits = self._windows.setdefault(key, (expiry, deque()))
        self._windows.move_to_end(key)
        while hits and hits[0] <= now - expiry:
            hits.popleft()
        return hits

    def _forget_old(self, now: float) -> None:
        """Two at most, so that it costs nothing and still outruns what is added."""
        for _ in range(2):
            if not self._windows:
                return
            oldest = next(iter(self._windows))
            expiry, hits = self._windows[oldest]
            if len(self._windows) < MOST_KEYS and hits and hits[-1] > now - expiry:
                return
            del self._windows[oldest]


class Counts:
    """Asks Redis, or this process where there is no Redis or none that answers."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self._here = MovingWindowRateLimiter(ProcessMemory())
        self._shared = MovingWindowRateLimiter(_in_redis(redis_url, prefix)) if redis_url else None
        self._rests_until = 0.0

    def hit(self, item: RateLimitItem, key: str) -> bool:
        """Count one, unless the bound is reached."""
        return self._ask(lambda counted: counted.hit(item, key))

    def has_room(self, item: RateLimitItem, key: str) -> bool:
        """Whether `hit` would be True. Counts nothing."""
        return self._ask(lambda counted: counted.test(item, key))

    def frees_at(self, item: RateLimitItem, key: str) -> float:
        """When the next place in the window becomes free, as a UNIX time."""
        return self._ask(lambda counted: counted.get_window_stats(item, key).reset_time)

    def clear(self, item: RateLimitItem, key: str) -> None:
        self._here.clear(item, key)
        self._ask(lambda counted: counted.clear(item, key))

    def reset(self) -> None:
        self._here.storage.reset()
        self._ask(lambda counted: counted.storage.reset())

    def _ask(self, question: Callable[[MovingWindowRateLimiter], T]) -> T:
        if self._shared is not None and time.monotonic() >= self._rests_until:
            try:
                return question(self._shared)
            except (redis.RedisError, OSError) as error:
                self._rests_until = time.monotonic() + REST
                logger.warning(
                    "Rate limits are counted in this process: Redis fails (%s).", type(error).__name__
                )
        return question(self._here)


@cache
def counts() -> Counts:
    """The counts of this process."""
    return Counts(settings.REDIS_URL, settings.CHANNEL_PREFIX)


def _in_redis(url: str, prefix: str) -> RedisStorage:
    pool = redis.ConnectionPool.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )
    return RedisStorage(url, connection_pool=pool, key_prefix=f"{prefix}:limits")

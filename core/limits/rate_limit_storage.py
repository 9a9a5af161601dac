"""Store the counts of rate limits: in Redis, or in this process without Redis or while it does not answer.

A broken Redis must not make requests fail or wait. If it does not answer within `PATIENCE`, it is not asked again for
`REST` seconds; meanwhile each process counts on its own, starting at zero. So without Redis, n processes allow up to n
times the limit, but never an error.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import NamedTuple, TypeVar

from django.conf import settings
from limits import RateLimitItem
from limits.storage import MovingWindowSupport, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from core.lazy_modules import later
from core.limits.growing_delays import MOST_KEYS, DelaysInMemory, DelaysInRedis, Growth, Spent

redis, redis_backoff, redis_retry = later("redis"), later("redis.backoff"), later("redis.retry")

logger = logging.getLogger(__name__)

PATIENCE = 0.25
"""Timeout in seconds, for connecting and for each answer."""
REST = 5.0
"""Seconds for which a Redis that failed is not asked again."""

T = TypeVar("T")


class ProcessMemory(Storage, MovingWindowSupport):
    """Moving windows in the memory of this process, for a bounded number of keys.

    The library's own memory storage starts a thread after each hit that walks through all keys: with 10,000 keys and a
    hundred hits a second that took a third of a processor. This one drops expired keys with each hit.
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
        """Return the time of the oldest hit in the window, and the number of hits."""
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
        """Return the hits in the window, and mark the key as used."""
        _, hits = self._windows.setdefault(key, (expiry, deque()))
        self._windows.move_to_end(key)
        while hits and hits[0] <= now - expiry:
            hits.popleft()
        return hits

    def _forget_old(self, now: float) -> None:
        """Drop up to two old keys: cheap, and still more than the one key that a hit adds."""
        for _ in range(2):
            if not self._windows:
                return
            oldest = next(iter(self._windows))
            expiry, hits = self._windows[oldest]
            if len(self._windows) < MOST_KEYS and hits and hits[-1] > now - expiry:
                return
            del self._windows[oldest]


class _Store(NamedTuple):
    windows: MovingWindowRateLimiter
    delays: DelaysInMemory | DelaysInRedis


class Counts:
    """Counts in Redis, or in this process without Redis or while it does not answer."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self._here = _Store(MovingWindowRateLimiter(ProcessMemory()), DelaysInMemory())
        self._shared = _in_redis(redis_url, prefix) if redis_url else None
        self._rests_until = 0.0

    def hit(self, item: RateLimitItem, key: str) -> bool:
        """Count one hit and return True, or return False if the limit is reached."""
        return self._ask(lambda store: store.windows.hit(item, key))

    def has_room(self, item: RateLimitItem, key: str) -> bool:
        """Return whether `hit` would return True, without counting."""
        return self._ask(lambda store: store.windows.test(item, key))

    def frees_at(self, item: RateLimitItem, key: str) -> float:
        """Return the UNIX time at which the next hit will be possible."""
        return self._ask(lambda store: store.windows.get_window_stats(item, key).reset_time)

    def clear(self, item: RateLimitItem, key: str) -> None:
        self._here.windows.clear(item, key)
        self._ask(lambda store: store.windows.clear(item, key))

    def spend(self, growth: Growth, key: str) -> Spent:
        """Count a try, or say how long the next one has to wait."""
        return self._ask(lambda store: store.delays.spend(key, growth))

    def forget_tries(self, key: str) -> None:
        self._here.delays.clear(key)
        self._ask(lambda store: store.delays.clear(key))

    def reset(self) -> None:
        self._here.delays.reset()  # type: ignore[union-attr]  # in Redis they are under the same prefix
        self._here.windows.storage.reset()
        self._ask(lambda store: store.windows.storage.reset())

    def _ask(self, question: Callable[[_Store], T]) -> T:
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
    """Return the counts of this process."""
    return Counts(settings.REDIS_URL, settings.CHANNEL_PREFIX)


def _in_redis(url: str, prefix: str) -> _Store:
    never_again = redis_retry.Retry(redis_backoff.NoBackoff(), 0)
    pool = redis.ConnectionPool.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=never_again
    )
    windows = RedisStorage(url, connection_pool=pool, key_prefix=f"{prefix}:limits")
    return _Store(
        MovingWindowRateLimiter(windows), DelaysInRedis(windows.get_connection(), f"{prefix}:limits")
    )

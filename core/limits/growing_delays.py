"""Store how often something was tried, and compute how long the next try has to wait.

The first tries are free. After that each try waits twice as long as the one before: 1, 2, 4 … seconds, up to a longest
delay. So guessing gets slow, but nobody is ever locked out. A try is counted *before* its result is known, by one step that
no other process comes between. So many tries at the same moment count as many.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import Any, NamedTuple

MOST_KEYS = 100_000
"""How many keys a process remembers before it drops the least recently used."""
_MOST_DOUBLINGS = 30


class Growth(NamedTuple):
    """How delays grow."""

    free: int
    """How many tries in a row need not wait."""
    longest: float
    """The longest delay, in seconds."""
    forgets_in: float
    """Seconds in which one try is forgotten."""

    def delay_after(self, tries: float) -> float:
        beyond = round(tries) - self.free
        return 0.0 if beyond < 0 else min(self.longest, 2.0 ** min(beyond, _MOST_DOUBLINGS))


class Spent(NamedTuple):
    """What became of a try."""

    wait: float
    """0 if the try was counted. Otherwise seconds until the next one is possible, and nothing was counted."""
    before: int
    """How many tries were remembered before this one."""


class DelaysInMemory:
    """Tries in the memory of this process, for a bounded number of keys."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tries: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tries and when, by last use

    def spend(self, key: str, growth: Growth) -> Spent:
        now = time.time()
        with self._lock:
            tries, at = self._tries.get(key, (0.0, now))
            wait = at + growth.delay_after(tries) - now
            left = max(0.0, tries - max(0.0, now - at) / growth.forgets_in)
            if wait <= 0:
                self._tries[key] = left + 1, now
            if key in self._tries:
                self._tries.move_to_end(key)
            while len(self._tries) > MOST_KEYS:
                self._tries.popitem(last=False)
        return Spent(max(0.0, wait), round(left))

    def clear(self, key: str) -> None:
        with self._lock:
            self._tries.pop(key, None)

    def reset(self) -> None:
        with self._lock:
            self._tries.clear()


_SPEND = """
local found = redis.call('HMGET', KEYS[1], 'tries', 'at')
local now, free, longest, forgets_in, doublings = unpack(ARGV)
now, free, longest, forgets_in = tonumber(now), tonumber(free), tonumber(longest), tonumber(forgets_in)
local tries, at = tonumber(found[1] or 0), tonumber(found[2] or now)
local beyond, delay = math.floor(tries + 0.5) - free, 0
if beyond >= 0 then delay = math.min(longest, 2 ^ math.min(beyond, tonumber(doublings))) end
local wait = at + delay - now
local left = math.max(0, tries - math.max(0, now - at) / forgets_in)
if wait <= 0 then
    redis.call('HSET', KEYS[1], 'tries', tostring(left + 1), 'at', ARGV[1])
    redis.call('EXPIRE', KEYS[1], math.ceil((left + 1) * forgets_in + longest))
end
return {tostring(math.max(0, wait)), math.floor(left + 0.5)}
"""


class DelaysInRedis:
    """The same for all processes together. Redis runs the script as one step."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._spend = client.register_script(_SPEND)

    def spend(self, key: str, growth: Growth) -> Spent:
        wait, before = self._spend([f"{self._prefix}:{key}"], [repr(time.time()), *growth, _MOST_DOUBLINGS])
        return Spent(float(wait), int(before))

    def clear(self, key: str) -> None:
        self._client.delete(f"{self._prefix}:{key}")

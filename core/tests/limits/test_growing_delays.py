"""Delays grow with each try, are exact for many at once and for several processes, and never become a lock."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from core.limits import growing_delays
from core.limits.growing_delays import DelaysInMemory, Growth
from core.limits.rate_limit_storage import Counts, counts
from core.limits.rate_limits import GrowingDelay, RateLimited, forget_tries, spend_try
from core.tests.limits.meeting import Counting, Unlocked

SLOW = Growth(free=3, longest=60, forgets_in=3600)
DELAY = GrowingDelay("tests", SLOW, "Wait %(wait)s.")


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def kept(request: pytest.FixtureRequest, settings: LazySettings) -> None:
    """Keep the tries in this storage, which is empty at the start (conftest.py)."""
    if request.param == "memory":
        settings.REDIS_URL = ""


def wait_of(who: str = "ann") -> float:
    """Return the delay of the next try, or 0 if it was counted."""
    try:
        spend_try(DELAY, who)
    except RateLimited as refused:
        return refused.wait
    return 0.0


@pytest.mark.usefixtures("kept")
class TestDelays:
    def test_delay_doubles_up_to_the_longest(self) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            assert [wait_of() for _ in range(3)] == [0] * 3
            waits = []
            for _ in range(9):
                waits.append(wait_of())
                clock.shift(timedelta(seconds=waits[-1] + 0.01))
                assert wait_of() == 0, "the wait that was named is enough"
            assert [round(wait) for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    def test_refused_try_makes_no_delay_longer(self) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            assert [wait_of() for _ in range(50)][-1] == 1
            clock.shift(timedelta(seconds=1))
            assert wait_of() == 0

    def test_tries_are_forgotten_one_by_one(self) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            assert [wait_of() for _ in range(4)] == [0, 0, 0, 1]
            clock.shift(timedelta(hours=2))
            assert [wait_of() for _ in range(3)] == [0, 0, 1]

    def test_right_one_forgets_the_tries_of_its_key_only(self) -> None:
        with time_machine.travel(timezone.now(), tick=False):
            for who in ("ann", "bob"):
                assert [wait_of(who) for _ in range(4)] == [0, 0, 0, 1]
            forget_tries(DELAY, "ann")
            assert (wait_of("ann"), wait_of("bob")) == (0, 1)

    def test_tries_before_are_returned(self) -> None:
        assert [spend_try(DELAY, "ann") for _ in range(3)] == [0, 1, 2]

    def test_many_at_once_get_exactly_the_free_tries(self) -> None:
        with time_machine.travel(timezone.now(), tick=False), ThreadPoolExecutor(40) as threads:
            assert list(threads.map(lambda _: wait_of(), range(40))).count(0) == SLOW.free

    def test_no_delay_applies_when_switched_off(self, settings: LazySettings) -> None:
        settings.RATE_LIMITS = False
        assert [wait_of() for _ in range(10)] == [0] * 10


@pytest.mark.redis
@pytest.mark.parametrize("is_shared", [True, pytest.param(False, id="control: counted by each process")])
def test_processes_count_together(is_shared: bool, settings: LazySettings) -> None:
    url = settings.REDIS_URL if is_shared else ""
    processes = [Counts(url, settings.CHANNEL_PREFIX) for _ in range(4)]
    with time_machine.travel(timezone.now(), tick=False):
        waits = [process.spend(SLOW, "ann").wait for _ in range(10) for process in processes]
    processes[0].reset()
    assert (waits.count(0) == SLOW.free) is is_shared


class Crowded(Growth):
    """Lets other threads in between look and write, if there is no lock."""

    counting: Counting

    def delay_after(self, tries: float) -> float:
        self.counting.meet()
        return super().delay_after(tries)


@pytest.mark.once
@pytest.mark.parametrize("is_locked", [True, pytest.param(False, id="control: no lock")])
def test_memory_is_exact_under_races(is_locked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_locked:
        monkeypatch.setattr(growing_delays, "Lock", Unlocked)
    growth, delays = Crowded(3, 60, 3600), DelaysInMemory()
    Crowded.counting = Counting(4, patience=0.01 if is_locked else 30)
    with time_machine.travel(timezone.now(), tick=False), ThreadPoolExecutor(20) as threads:
        counted = [spent.wait for spent in threads.map(lambda _: delays.spend("ann", growth), range(20))]
    assert counted.count(0) == 3 if is_locked else counted.count(0) > 3


@pytest.mark.once
def test_memory_is_bounded(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = ""
    monkeypatch.setattr(growing_delays, "MOST_KEYS", 50)
    for number in range(200):
        wait_of(str(number))
    delays = counts()._here.delays
    assert isinstance(delays, DelaysInMemory)
    assert len(delays._tries) == 50


@pytest.mark.once
def test_unreachable_redis_delays_nobody(settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    start = time.monotonic()
    assert [wait_of() for _ in range(4)] == [0, 0, 0, 1]
    assert time.monotonic() - start < 1

"""Rate limits are exact, in Redis and in the process, and a broken Redis makes no request fail or wait."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from core.limits import rate_limit_storage as storage
from core.limits.rate_limits import RateLimit, RateLimited, clear, has_room, hit, refuse_beyond
from core.tests.limits.meeting import Counting, Unlocked
from tests.support.plugin import unavailable
from tests.support.running.servers import CannotStart, prepared_redis

THREE_AN_HOUR = RateLimit("three", 3, 3600)
MANY = 40


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def kept(request: pytest.FixtureRequest, settings: LazySettings) -> None:
    """Count the limits in this storage, which is empty at the start (conftest.py)."""
    if request.param == "memory":
        settings.REDIS_URL = ""


def hits(times: int, *who: object, limit: RateLimit = THREE_AN_HOUR) -> list[bool]:
    return [hit(limit, *who) for _ in range(times)]


@pytest.mark.usefixtures("kept")
class TestCounting:
    def test_exactly_the_limit_is_allowed(self) -> None:
        assert hits(5, "ann") == [True, True, True, False, False]

    def test_keys_and_limits_are_counted_separately(self) -> None:
        hits(3, "ann")
        assert hits(1, "bob") == [True]
        assert hits(1, "ann", limit=RateLimit("another", 3, 3600)) == [True]

    def test_parts_of_a_key_are_kept_apart(self) -> None:
        hits(3, "a", "bc")
        assert hits(1, "ab", "c") == [True]

    def test_the_window_moves(self) -> None:
        start = timezone.now()
        with time_machine.travel(start, tick=False) as clock:
            hits(1, "ann")
            clock.shift(timedelta(minutes=40))
            assert hits(3, "ann") == [True, True, False]
            clock.shift(timedelta(minutes=21))
            assert hits(2, "ann") == [True, False]

    def test_refusal_says_when_there_is_room(self) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            hits(2, "ann")
            clock.shift(timedelta(minutes=10))
            refuse_beyond(THREE_AN_HOUR, "ann")
            with pytest.raises(RateLimited) as refused:
                refuse_beyond(THREE_AN_HOUR, "ann")
            assert refused.value.wait == pytest.approx(50 * 60, abs=1)
            clock.shift(timedelta(seconds=refused.value.wait + 1))
            refuse_beyond(THREE_AN_HOUR, "ann")

    def test_has_room_does_not_count_and_clear_resets(self) -> None:
        assert [has_room(THREE_AN_HOUR, "ann") for _ in range(5)] == [True] * 5
        hits(3, "ann")
        assert not has_room(THREE_AN_HOUR, "ann")
        clear(THREE_AN_HOUR, "ann")
        assert hits(1, "ann") == [True]

    @pytest.mark.parametrize("bound", [1, 7])
    def test_concurrent_hits_get_exactly_the_limit(self, bound: int) -> None:
        limit = RateLimit("many", bound, 3600)
        with ThreadPoolExecutor(MANY) as threads:
            let_in = list(threads.map(lambda _: hit(limit, "ann"), range(MANY)))
        assert sum(let_in) == bound

    def test_no_limit_applies_when_switched_off(self, settings: LazySettings) -> None:
        settings.RATE_LIMITS = False
        assert all(hits(10, "ann"))
        refuse_beyond(THREE_AN_HOUR, "ann")
        settings.RATE_LIMITS = True
        assert hits(1, "ann") == [True]


@pytest.mark.parametrize("is_locked", [True, pytest.param(False, id="control: no lock")])
def test_process_memory_does_not_exceed_the_limit_under_races(
    is_locked: bool, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = ""
    monkeypatch.setattr(storage, "deque", Crowded)
    monkeypatch.setattr(Crowded, "counting", Counting(4, patience=0.01 if is_locked else 30), raising=False)
    if not is_locked:
        monkeypatch.setattr(storage, "Lock", Unlocked)
        monkeypatch.setattr(storage.ProcessMemory, "_forget_old", lambda *_: None)
    with ThreadPoolExecutor(MANY) as threads:
        let_in = sum(threads.map(lambda _: hit(THREE_AN_HOUR, "ann"), range(MANY)))
    assert let_in == 3 if is_locked else let_in > 3


class Crowded(list[float]):
    """A window of hits that lets other threads in between look and write, if there is no lock."""

    counting: ClassVar[Counting]

    def __bool__(self) -> bool:
        return super().__len__() > 0

    def __len__(self) -> int:
        """The look: `acquire_entry` calls `len` just before it adds a hit."""
        counted = super().__len__()
        self.counting.meet()
        return counted

    def popleft(self) -> float:
        return self.pop(0)


@pytest.mark.once
def test_process_memory_keeps_a_bounded_number_of_keys(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = ""
    monkeypatch.setattr(storage, "MOST_KEYS", 50)
    for number in range(500):
        hit(THREE_AN_HOUR, number)
    memory = storage.counts()._here.windows.storage
    assert isinstance(memory, storage.ProcessMemory)
    assert len(memory._windows) <= 51
    assert not all(hits(3, 499)), "the newest is remembered"


@pytest.mark.once
def test_expired_keys_are_dropped(settings: LazySettings) -> None:
    settings.REDIS_URL = ""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(100):
            hit(THREE_AN_HOUR, number)
        clock.shift(timedelta(hours=2))
        for _ in range(60):
            hit(THREE_AN_HOUR, "ann")
        memory = storage.counts()._here.windows.storage
        assert isinstance(memory, storage.ProcessMemory)
        assert len(memory._windows) == 1


@pytest.fixture
def own_redis(settings: LazySettings) -> Iterator[int]:
    """A Redis of this test, which it may freeze and kill; yields its process id."""
    try:
        with prepared_redis() as recipe:
            process = recipe.start()
            settings.REDIS_URL = recipe.url
            _wait_for(recipe.ask)
            try:
                yield process.pid
            finally:
                process.kill()
                process.wait()
    except CannotStart as error:
        unavailable(str(error))


def _wait_for(ask: object) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            ask()  # type: ignore[operator]
        except Exception:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("Redis did not come up")


@pytest.mark.once
@pytest.mark.parametrize("blow", [signal.SIGSTOP, signal.SIGKILL])
def test_process_counts_without_delay_while_redis_is_down(
    own_redis: int, blow: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once Redis is back, its counts are used again: a frozen Redis has kept them."""
    assert hits(2, "ann") + hits(2, "bob") == [True] * 4
    os.kill(own_redis, blow)
    start = time.monotonic()
    assert hits(4, "ann") == [True, True, True, False]
    assert time.monotonic() - start < 1
    if blow is signal.SIGSTOP:
        os.kill(own_redis, signal.SIGCONT)
        monkeypatch.setattr(storage.counts(), "_rests_until", 0.0)
        assert hits(2, "bob") == [True, False]


@pytest.mark.once
def test_unreachable_redis_costs_less_than_a_second(settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    start = time.monotonic()
    assert hits(4, "ann") == [True, True, True, False]
    assert time.monotonic() - start < 1

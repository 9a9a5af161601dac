"""On SQLite a writer waits for the current one, and continues as soon as that one has finished."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from core.db import write_lock
from core.db.change import change

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

WRITERS = 8
HELD_SECONDS = 0.02
PATIENCE = 60.0
LOCK_OF_CHANGE = "core.db.change.write_lock"


def together(write: Callable[[], None]) -> int:
    """Run `WRITERS` threads that write at once. Return how many of them succeeded."""
    start, done = threading.Barrier(WRITERS), []

    def run() -> None:
        start.wait(PATIENCE)
        try:
            write()
            done.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done)


class WriterGauge:
    """Counts the threads that have asked SQLite for its write lock and have not finished: the holder and those that wait."""

    def __init__(self) -> None:
        self._now = self.most = 0
        self._changed = threading.Condition()

    def write(self, person: User, *, stay: float) -> None:
        """Write, and hold the lock for `stay` seconds, or until another thread has asked SQLite for it too."""
        with connection.execute_wrapper(self._asking), change():
            User.objects.filter(pk=person.pk).update(display_name="Written")
            with self._changed:
                self._changed.wait_for(lambda: self.most > 1, stay)
                self._now -= 1

    def _asking(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("BEGIN"):
            with self._changed:
                self._now += 1
                self.most = max(self.most, self._now)
                self._changed.notify_all()
        return execute(sql, *rest)


class Watched:
    """A lock that records whether each attempt got it."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock
        self.got: list[bool] = []

    def acquire(self, timeout: float) -> bool:
        self.got.append(self._lock.acquire(timeout=timeout))
        return self.got[-1]

    def release(self) -> None:
        self._lock.release()


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return watched(monkeypatch, threading.RLock())


def watched(monkeypatch: pytest.MonkeyPatch, lock: Any) -> Watched:
    made = Watched(lock)
    monkeypatch.setattr(write_lock, "_lock", made)
    return made


def test_writers_take_turns(alice: User) -> None:
    """No thread waits in SQLite, which polls with growing pauses."""
    gauge = WriterGauge()
    assert together(lambda: gauge.write(alice, stay=HELD_SECONDS)) == WRITERS
    assert gauge.most == 1


def test_control_writers_wait_in_sqlite_without_the_lock(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOCK_OF_CHANGE, nullcontext)
    gauge = WriterGauge()
    assert together(lambda: gauge.write(alice, stay=PATIENCE)) == WRITERS
    assert gauge.most > 1


def fail() -> None:
    with pytest.raises(ZeroDivisionError), change():
        raise ZeroDivisionError


def test_failure_releases_the_lock(lock: Watched) -> None:
    assert together(fail) == WRITERS
    assert lock.got == [True] * WRITERS


def test_control_lock_that_only_success_releases(lock: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def kept_by_failure() -> Iterator[None]:
        write_lock._lock.acquire(timeout=HELD_SECONDS)
        yield
        write_lock._lock.release()

    monkeypatch.setattr(LOCK_OF_CHANGE, kept_by_failure)
    assert together(fail) == WRITERS
    assert sorted(lock.got) == [False] * (WRITERS - 1) + [True]


def write_after_a_commit() -> None:
    done = []

    def again() -> None:
        with change():
            done.append(1)

    with change():
        transaction.on_commit(again)
    assert done == [1]


def test_same_thread_can_write_again_after_a_commit(lock: Watched) -> None:
    write_after_a_commit()
    assert lock.got == [True, True]


def test_control_thread_waits_for_itself_with_a_plain_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_lock, "SECONDS", HELD_SECONDS)
    lock = watched(monkeypatch, threading.Lock())
    write_after_a_commit()
    assert lock.got == [True, False]


@pytest.fixture
def held_by_another(lock: Watched, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Let another thread hold the lock until the test is over."""
    monkeypatch.setattr(write_lock, "SECONDS", HELD_SECONDS)
    entered, over = threading.Event(), threading.Event()

    def hold() -> None:
        with lock._lock:
            entered.set()
            over.wait(PATIENCE)

    other = threading.Thread(target=hold)
    other.start()
    assert entered.wait(PATIENCE)
    yield lock
    over.set()
    other.join()


def test_no_waiting_within_a_transaction(held_by_another: Watched) -> None:
    """The transaction holds SQLite's lock. Waiting for a thread that wants it would only end with the timeout."""
    with transaction.atomic(), change():
        pass
    assert held_by_another.got == []


def test_control_change_waits_within_a_transaction_without_the_check(
    held_by_another: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock, "connection", SimpleNamespace(vendor="sqlite", in_atomic_block=False))
    with transaction.atomic(), change():
        pass
    assert held_by_another.got == [False]

"""On SQLite whoever wants to write waits for the one who does, and goes on as soon as that one is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.models import User
from wishlist_project.base import turns
from wishlist_project.base.change import change

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

WRITERS = 8
HELD_SECONDS = 0.02


def together(write: Callable[[], None]) -> list[float]:
    """`WRITERS` threads that write at once, and how long each waited until it could."""
    start, waited = threading.Barrier(WRITERS), []

    def run() -> None:
        start.wait(10)
        began = time.monotonic()
        write()
        waited.append(time.monotonic() - began)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waited


def test_all_write_one_after_the_other(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two inside at once would be seen; and whoever waits in SQLite would have been let in by it, not by us."""
    inside: list[int] = []

    def write() -> None:
        with change():
            inside.append(1)
            assert len(inside) == 1
            User.objects.filter(pk=alice.pk).update(display_name="Written")
            time.sleep(HELD_SECONDS)
            inside.pop()

    assert len(together(write)) == WRITERS


def test_what_fails_gives_its_turn_back() -> None:
    def fail() -> None:
        with pytest.raises(ZeroDivisionError), change():
            raise ZeroDivisionError

    assert len(together(fail)) == WRITERS


def test_after_a_commit_the_same_thread_may_write_again(alice: User) -> None:
    done = []

    def again() -> None:
        with change():
            done.append(1)

    with change():
        transaction.on_commit(again)
    assert done == [1]


def test_within_a_transaction_nobody_waits(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds SQLite's lock: waiting for somebody who wants that would end only with the timeout."""
    monkeypatch.setattr(turns, "SECONDS", 5.0)
    entered, over = threading.Event(), threading.Event()

    def hold() -> None:
        with turns._turn:
            entered.set()
            over.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    entered.wait(10)
    began = time.monotonic()
    with transaction.atomic(), change():
        pass
    assert time.monotonic() - began < 4
    over.set()
    other.join()

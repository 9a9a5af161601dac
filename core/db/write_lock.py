"""A lock around writing transactions on SQLite, which allows one writer at a time.

SQLite itself polls for its lock, with growing pauses, so with many writers some wait for seconds (bench/lab-book.md).
Here threads wait for a lock of this process and are woken as soon as it is free.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SECONDS = 20.0
"""After that time the thread tries anyway and waits for SQLite's own lock, which covers other processes too."""

_lock = threading.RLock()  # reentrant: callbacks after a commit may write again in the same thread


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Limit how long this thread waits for a lock of the database. Has no effect within a transaction."""
    if connection.in_atomic_block:
        yield
        return
    limit = round(seconds * 1000)
    if connection.vendor == "sqlite":
        usual = round(connection.settings_dict["OPTIONS"].get("timeout", SECONDS) * 1000)
        begin, end = f"PRAGMA busy_timeout = {limit}", f"PRAGMA busy_timeout = {usual}"
    else:
        begin, end = f"SET lock_timeout = {limit}", "RESET lock_timeout"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute(end)


@contextmanager
def write_lock() -> Iterator[None]:
    """Wait for the write lock, and hold it. Does nothing within a transaction, which has SQLite's lock already."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    mine = _lock.acquire(timeout=SECONDS)
    try:
        yield
    finally:
        if mine:
            _lock.release()

"""A lock around transactions that write on SQLite, which has one writer at a time.

SQLite lets a second writer sleep and look again, longer each time, while others come and go: with many at once some
wait for seconds (docs/performance.md). Here they wait for this lock, and wake as soon as it is free.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SECONDS = 20.0
"""After that it is left to SQLite, which knows of other processes too."""

_lock = threading.RLock()  # what follows a commit, in the same thread, may write again


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Within it, this thread waits no longer than that for a lock of the database. Within a transaction nothing changes."""
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
    """Around a transaction that writes. Within another one, which has SQLite's lock already, there is nothing to wait for."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    mine = _lock.acquire(timeout=SECONDS)
    try:
        yield
    finally:
        if mine:
            _lock.release()

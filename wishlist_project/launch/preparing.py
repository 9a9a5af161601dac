"""A lock so that only one process at a time runs migrations and creates the demo; others wait.

On PostgreSQL it is an advisory lock, which ends with the connection; on SQLite a lock on a file next to the database. A
killed process cannot leave either behind.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from django.db import connection

from wishlist_project.launch.database import connect

logger = logging.getLogger(__name__)

_LOCK = 7_283_901_167
"""An arbitrary number for the advisory lock."""
_held: list[bool] = []
"""Not empty while this process holds the lock: `serve --demo` migrates and creates the demo under one lock."""


@contextmanager
def prepared_alone() -> Iterator[None]:
    """Wait for the lock of this installation's database, and hold it."""
    if _held:
        yield
        return
    with _locked():
        _held.append(True)
        try:
            yield
        finally:
            _held.pop()


def _locked() -> AbstractContextManager[None]:
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        return nullcontext() if "memory" in name else file_locked(Path(f"{name}.lock"))
    return _database_locked()


@contextmanager
def file_locked(path: Path) -> Iterator[None]:
    """Create the file if needed, wait for its lock, and hold it."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say_waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _database_locked() -> Iterator[None]:
    with connect() as own:
        own.autocommit = True
        row = own.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if row != (True,):
            _say_waiting()
            own.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield


def _say_waiting() -> None:
    logger.warning("Another process is preparing this installation. Waiting until it is done.")

"""One process at a time prepares an installation: migrations, and the demo's data. Another one waits for it.

PostgreSQL has a lock for that, which ends with its connection; SQLite gets a file beside the database. Neither can be
left behind by a process that is killed.
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
"""Any number that nobody else uses as an advisory lock of this database."""
_held: list[bool] = []
"""Not empty while this process prepares: `serve --demo` migrates and fills in one go."""


@contextmanager
def prepared_alone() -> Iterator[None]:
    """Hold the lock of this installation's database; wait until nobody else does."""
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
    """Hold the lock of that file, which is made for it; wait until nobody else does."""
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

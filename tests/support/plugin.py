"""The plugin that pytest loads first (see `addopts` in pyproject.toml). It isolates each test process.

Each gets a temporary data folder, so that SQLite is a file that a server process can share, and mail goes nowhere else; its
own database and channel prefix, so that workers and concurrent runs do not interfere; and no `.env`, so that tests do not
depend on the machine. DATABASE_URL and REDIS_URL select the services of the run.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterable
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import NoReturn

import pytest
from django.conf import settings
from django.db import connection

from tests.support.running.databases import drop_template, migrate_once
from tests.support.runs import MARKERS, belongs, in_order, may_belong, overlooked

RUN = "WISHLIST_TEST_RUN"
"""The variable with the run's folder. The main process sets it; workers and their servers inherit it."""


WORKER = "PYTEST_XDIST_WORKER"
"""The variable with the name of a worker. The main process has none."""

DAY = "TWIN_WORLDS_DAY"
"""The variable with the day that seeds the scripts of the twin worlds. Set here, so that all workers use the same."""


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Set the environment before pytest-django reads the settings; therefore this is a wrapper."""
    gc.disable()  # until the tests are collected: hardly anything is garbage before
    worker = os.environ.get(WORKER, "main")
    if RUN not in os.environ:
        os.environ[RUN] = tempfile.mkdtemp(prefix="wishlist_test_")
        atexit.register(shutil.rmtree, os.environ[RUN], ignore_errors=True)
    os.environ.setdefault(DAY, f"{date.today():%Y%m%d}")
    data = Path(os.environ[RUN], worker)
    data.mkdir(exist_ok=True)
    prefix = f"{data.parent.name}_{worker}"
    for name in (
        "HOST",
        "PORT",
        "SERVER",
        "PROCESSES",
    ):  # `make` hands down what its caller chose for `make run`
        os.environ.pop(name, None)
    os.environ |= {"DATA_DIR": str(data), "CHANNEL_PREFIX": prefix, "ENV_FILE": os.devnull}
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A run started with `&` ignores Ctrl-C, and servers that it starts would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return (yield)


def pytest_report_header() -> str:
    return f"{DAY}={os.environ[DAY]}"


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    data = Path(os.environ["DATA_DIR"])
    on_sqlite = settings.EMBEDDED_DATABASE
    name = str(data / "test.sqlite3") if on_sqlite else data.parent.name
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name
    patch = pytest.MonkeyPatch()
    around = _sqlite_around_triggers if on_sqlite else _postgresql_around_triggers
    patch.setattr(
        type(connection.ops), "sql_flush", lambda _self, _style, tables, **_: around(_filled(tables))
    )
    if os.environ.get(WORKER):
        migrate_once(data.parent, patch)
    else:
        config.add_cleanup(lambda: drop_template(data.parent))
    config.add_cleanup(patch.undo)


# How tables are emptied after a test that commits: the triggers of append-only tables are disabled meanwhile.

KEPT = {"django_content_type", "auth_permission"}
"""Tables that depend only on the models. Django would empty these too, and filling them again takes ten times as long as
emptying all; the root conftest.py prevents that.
"""


def _filled(tables: Iterable[str]) -> list[str]:
    return [table for table in tables if table not in KEPT]


def _sqlite_around_triggers(tables: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    return [
        *(f'DROP TRIGGER "{name}"' for name, _sql in triggers),
        *_delete_all(tables),
        *(sql for _name, sql in triggers),
    ]


def _postgresql_around_triggers(tables: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        guarded = [table for (table,) in cursor.fetchall()]
    return [
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded),
        *_delete_all(tables),
        # Foreign keys are checked at the end of the transaction, and a table with pending checks can't be altered.
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded),
    ]


def _delete_all(tables: list[str]) -> list[str]:
    """Return the statements. PostgreSQL's TRUNCATE would take fifty times as long for so few rows."""
    return [f'DELETE FROM "{table}"' for table in tables]  # noqa: S608 - our own tables


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Don't import modules without tests for this run, unless they were asked for by name."""
    if not fnmatch(collection_path.name, "test_*.py"):
        return None
    path = collection_path.relative_to(config.rootpath).as_posix()
    return None if may_belong(path, collection_path.read_text()) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests that are not for this run (see runs.py), and run the longest first."""
    if missed := overlooked(items, config.rootpath):
        raise pytest.UsageError(f"mark tests in these modules themselves, not by a fixture: {sorted(missed)}")
    kept = [item for item in items if belongs(item)]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])
    items[:] = in_order(kept)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Exclude the collected tests from garbage collection, because thousands of them live until the end."""
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def unavailable(what: str) -> NoReturn:
    """Skip the test because `what` is not available; under CI fail it, because there it must be."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{what}: must be had under CI", pytrace=False)
    pytest.skip(what)

"""Select the tests of each run. `make test` runs the suite twice: all tests on SQLite, and those that depend on a database
on PostgreSQL with Redis. `make test-more` runs slow tests, which `make test` leaves out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings

PART = "WISHLIST_PART"
"""An environment variable: QUICK or MORE. Without it, as in a plain `pytest`, slow tests are included."""
QUICK, MORE = "quick", "more"
SECOND = "WISHLIST_SECOND_RUN"

MARKERS = {
    "postgresql": "needs PostgreSQL; left out of a run on SQLite (`make test` does both)",
    "redis": "needs Redis; left out of a run without it (`make test` does both)",
    "both": "depends on what a database does; run on PostgreSQL and Redis, too, wherever it is",
    "once": "says nothing about database or Redis; run on SQLite alone, wherever it is",
    "slow": "takes long; left to `make test-more`",
    "smoke": "the few of a slow folder that `make test` has; `make test-more` has all of it",
}

BOTH = (
    "accounts/tests/services/",
    "core/tests/limits/",
    "jobs/tests/",
    "realtime/tests/",
    "sharing/tests/services/",
    "wishlists/tests/access/",
    "wishlists/tests/services/",
    "tests/contract/",
    "tests/database/",
    "tests/laws/",
    "tests/model/",
    "tests/nemesis/",
    "tests/races/",
    "tests/servers/",
    "tests/setup/",
    "tests/sockets/",
    "tests/twin_worlds/",
    "tests/unchanged/",
)
"""Folders of tests that depend on a database: services (locks, constraints, triggers, upserts), races, laws, sockets, the
contract. In other folders, tests with a marker and tests that commit depend on it.
"""

SLOW = (
    "tests/in_browser/",
    *(
        f"tests/setup/test_{name}.py"
        for name in (
            "at_once",
            "ctrl_c",
            "database",
            "demo",
            "demo_runs",
            "environment",
            "lock",
            "make",
            "refusals",
            "serve",
            "services",
            "static",
        )
    ),
    "tests/races/test_under_fire.py",
)
"""Folders and files of which `make test` runs only the smoke tests."""


LONGEST = (
    "tests/policies/test_peeking.py",
    "tests/model/",
    "tests/twin_worlds/",
    "tests/in_browser/",
    "tests/setup/",
    "tests/races/test_under_fire.py",
    "tests/servers/test_processes.py",
    "tests/servers/test_stopping.py",
    "tests/sockets/test_keepalive.py",
    "tests/database/",
)
"""Tests to run first, in this order: if a test of ten seconds comes last, the other workers wait for it.

Tests that share a server (`start_site`) are not among them, because it runs to the end and costs some CPU even when idle.
"""


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests with those of LONGEST first; the others keep their order."""

    def place(item: pytest.Item) -> int:
        places = (place for place, prefix in enumerate(LONGEST) if item.nodeid.startswith(prefix))
        return next(places, len(LONGEST))

    return sorted(items, key=place)


def depends_on_database(item: pytest.Item) -> bool:
    """Return whether the second run includes the test."""
    if item.get_closest_marker("once"):
        return False
    marked = any(item.get_closest_marker(name) for name in ("both", "postgresql", "redis"))
    return marked or item.nodeid.startswith(BOTH) or commits(item)


def commits(item: pytest.Item) -> bool:
    """Return whether the test commits, and so cannot run in a transaction that is rolled back."""
    database = item.get_closest_marker("django_db")
    transaction = database is not None and bool(database.kwargs.get("transaction"))
    return transaction or "transactional_db" in getattr(item, "fixturenames", ())


def is_slow(item: pytest.Item) -> bool:
    return item.nodeid.startswith(SLOW) or item.get_closest_marker("slow") is not None


def belongs(item: pytest.Item) -> bool:
    """Return whether the current run includes the test."""
    if _is_nemesis(item.nodeid):
        return False
    part = os.environ.get(PART)
    if part == QUICK and is_slow(item) and not item.get_closest_marker("smoke"):
        return False
    if part == MORE and not is_slow(item):
        return False
    if item.get_closest_marker("postgresql") and settings.EMBEDDED_DATABASE:
        return False
    if item.get_closest_marker("redis") and not settings.REDIS_URL:
        return False
    return depends_on_database(item) or not os.environ.get(SECOND)


def _is_nemesis(path: str) -> bool:
    """Return whether the test takes minutes and depends on chance. `make nemesis` runs these."""
    return "/nemesis/" in path and not os.environ.get("NEMESIS")


# Modules that have no test for the current run are not imported.

_DEPENDS = re.compile(r"mark\.(both|postgresql|redis)\b|transaction=True|transactional_db")
_ALL_ONCE = re.compile(r"^pytestmark\b.*mark\.once\b", re.MULTILINE)
_ALL_SLOW = re.compile(r"^pytestmark\b.*mark\.slow\b", re.MULTILINE)


def may_belong(path: str, source: str) -> bool:
    """Return whether a module may have tests for the current run. `path` is relative to the repository.

    This only looks for marks in the text. In doubt a module is imported.
    """
    if _is_nemesis(path):
        return False
    if os.environ.get(PART) == QUICK and not _may_be_quick(path, source):
        return False
    return not os.environ.get(SECOND) or _may_depend_on_database(path, source)


def _may_be_quick(path: str, source: str) -> bool:
    is_slow = path.startswith(SLOW) or _ALL_SLOW.search(source) is not None
    return not is_slow or "mark.smoke" in source


def _may_depend_on_database(path: str, source: str) -> bool:
    if path.startswith(BOTH) and not _ALL_ONCE.search(source):
        return True
    return _DEPENDS.search(source) is not None


def overlooked(items: Iterable[pytest.Item], root: Path) -> set[str]:
    """Return the modules that another run would not import, although it includes some of these tests.

    The first run and `make test-more` import them and fail, so that no test is lost.
    """
    sources: dict[str, str] = {}
    found = set()
    for item in items:
        path = item.nodeid.partition("::")[0]
        if path not in sources:
            sources[path] = (root / path).read_text()
        source = sources[path]
        is_quick = not is_slow(item) or item.get_closest_marker("smoke") is not None
        if (depends_on_database(item) and not _may_depend_on_database(path, source)) or (
            is_quick and not _may_be_quick(path, source)
        ):
            found.add(path)
    return found

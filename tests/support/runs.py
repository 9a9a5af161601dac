"""Which tests each run has. `make test` runs the suite twice: all of it on SQLite, and on PostgreSQL with Redis what
depends on a database. `make test-more` runs what is left out of `make test`, because it takes minutes.
"""

from __future__ import annotations

import os

import pytest
from django.conf import settings

PART = "WISHLIST_PART"
"""In the environment: QUICK or MORE. Without it, as in a plain `pytest`, nothing is left out for the time it takes."""
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
)
"""Folders of tests that depend on a database: verbs (locks, constraints, triggers, upserts), races, laws, sockets, the
contract. In other folders a marker says so, or that the test commits."""

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
"""What `make test` has only a smoke of."""


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
"""Run first, in this order: a test of ten seconds that comes last is waited for by workers that have nothing left.
Not the many that share a server (`start_site`): it lives to the end of the run, and costs a little even when nobody asks."""


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests, the longest first; the others stay as they are."""

    def place(item: pytest.Item) -> int:
        places = (place for place, prefix in enumerate(LONGEST) if item.nodeid.startswith(prefix))
        return next(places, len(LONGEST))

    return sorted(items, key=place)


def depends_on_database(item: pytest.Item) -> bool:
    """Return whether the second run has the test, too."""
    if item.get_closest_marker("once"):
        return False
    marked = any(item.get_closest_marker(name) for name in ("both", "postgresql", "redis"))
    return marked or item.nodeid.startswith(BOTH) or commits(item)


def commits(item: pytest.Item) -> bool:
    """Return whether the test needs transactions of its own, rather than one that is rolled back."""
    database = item.get_closest_marker("django_db")
    transaction = database is not None and bool(database.kwargs.get("transaction"))
    return transaction or "transactional_db" in getattr(item, "fixturenames", ())


def is_slow(item: pytest.Item) -> bool:
    return item.nodeid.startswith(SLOW) or item.get_closest_marker("slow") is not None


def belongs(item: pytest.Item) -> bool:
    """Return whether the run that is going on has the test."""
    if "/nemesis/" in item.nodeid and not os.environ.get("NEMESIS"):
        return False  # They take minutes, and chance decides how many blows fall: `make nemesis` has them.
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

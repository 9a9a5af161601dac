"""Compare the migrations that were run with those of this code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader

Migration = tuple[str, str]
"""App label and name."""


@dataclass(frozen=True)
class Known:
    """The migrations of this code: all of them, and the last of each app with those that it replaces."""

    every: frozenset[Migration]
    last: dict[Migration, frozenset[Migration]]


@cache
def known_migrations() -> Known:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    last = {
        leaf: frozenset(loader.disk_migrations[leaf].replaces)
        if leaf in loader.disk_migrations
        else frozenset()
        for leaf in loader.graph.leaf_nodes()
    }
    return Known(frozenset(loader.disk_migrations), last)


def missing(applied: Iterable[Migration]) -> list[Migration]:
    """Return the last migration of each app whose last one was not run. Unknown migrations are ignored."""
    run = set(applied)
    return [
        migration
        for migration, replaced in known_migrations().last.items()
        if migration not in run and not (replaced and replaced <= run)
    ]


def are_tables_ours() -> bool:
    """Return whether the schema is neither older nor newer than this code.

    Uses a new connection, because a statement on the current one has just failed.
    """
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = {(app, name) for app, name in cursor.fetchall()}
    except Error:
        return False
    finally:
        own.close()
    known = known_migrations()
    apps = {app for app, _name in known.every}
    return not missing(applied) and all(one in known.every for one in applied if one[0] in apps)

"""Statistics from which the database's planner chooses indexes.

PostgreSQL's autovacuum gathers them a minute or more after rows came. SQLite gathers none by itself. Until then both guess:
PostgreSQL believed that half a percent of all wishes are no drafts, and read the index of drafts from end to end.
"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core.db.write_lock import write_lock

SAMPLED_ROWS = 1_000
"""How far SQLite reads each index, so that its write lock is held for milliseconds. PostgreSQL takes a sample anyway."""


def gather_statistics(using: str = DEFAULT_DB_ALIAS) -> None:
    """Gather the statistics of all our tables. Call it after a migration, and after many rows were added at once."""
    connection = connections[using]
    with write_lock(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLED_ROWS}")
        cursor.execute(f"ANALYZE {_tables(connection)}")


def _tables(connection: BaseDatabaseWrapper) -> str:
    """Return the names of our tables. SQLite takes one name or none."""
    if connection.vendor == "sqlite":
        return ""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return ", ".join(map(connection.ops.quote_name, names))

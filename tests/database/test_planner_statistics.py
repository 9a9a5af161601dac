"""The planner has statistics once an installation was migrated and filled, and on SQLite again each day."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.db.planner_statistics import gather_statistics
from core.jobs.schedule import table
from wishlist_project.management.commands import demo, migrate
from wishlists.models import Item


def known() -> dict[str, int]:
    """Return how many rows the planner believes are in each table of which it knows something."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
            if not cursor.fetchall():
                return {}
            cursor.execute("SELECT tbl, max(stat) FROM sqlite_stat1 GROUP BY tbl")
            return {name: int(stat.split()[0]) for name, stat in cursor.fetchall()}
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples >= 0")
        return {name: int(rows) for name, rows in cursor.fetchall()}


def forget() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            if known():
                cursor.execute("DELETE FROM sqlite_stat1")
        else:
            cursor.execute("UPDATE pg_class SET reltuples = -1 WHERE relname LIKE 'wishlists_%'")


@pytest.mark.both
@pytest.mark.django_db
def test_statistics_count_the_rows(item: Item) -> None:
    forget()
    assert Item._meta.db_table not in known()
    gather_statistics()
    assert known()[Item._meta.db_table] == 1


@pytest.mark.django_db(transaction=True)
def test_migration_gathers_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered: list[str] = []
    monkeypatch.setattr(migrate, "gather_statistics", gathered.append)
    executor = MigrationExecutor(connection)
    [newest] = executor.loader.graph.leaf_nodes("jobs")
    call_command("migrate", "jobs", "zero", verbosity=0)
    assert gathered == ["default"]
    call_command("migrate", *newest, verbosity=0)
    assert gathered == ["default"] * 2
    call_command("migrate", verbosity=0)
    assert gathered == ["default"] * 2, "nothing was migrated"


@pytest.mark.django_db(transaction=True)
def test_demo_gathers_statistics_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered: list[str] = []
    monkeypatch.setattr(demo, "gather_statistics", lambda: gathered.append("demo"))
    monkeypatch.setattr(demo, "build_demo", lambda: None)
    call_command("demo")
    assert gathered == ["demo"]


@pytest.mark.both
@pytest.mark.django_db
def test_upkeep_gathers_statistics_on_sqlite_alone(item: Item) -> None:
    forget()
    [job] = [row for row in table() if row.name == "statistics of SQLite"]
    job.run()
    assert (Item._meta.db_table in known()) == (connection.vendor == "sqlite")

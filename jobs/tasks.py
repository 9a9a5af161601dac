"""Periodic jobs of the installation itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from core.db.planner_statistics import gather_statistics
from core.jobs.schedule import every


@every(timedelta(days=1), name="statistics of SQLite", is_upkeep=True)
def gather() -> None:
    """Gather the statistics of SQLite's planner. PostgreSQL does that itself."""
    if connection.vendor == "sqlite":
        gather_statistics()

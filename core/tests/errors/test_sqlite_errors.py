"""SQLite raises the same class for a locked database and for a bug; only the first is a 503."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import OperationalError

from core.errors.failures import is_database_unavailable


def as_django_raises_it(cause: sqlite3.OperationalError) -> OperationalError:
    wrapped = OperationalError(*cause.args)
    wrapped.__cause__ = cause
    return wrapped


@pytest.mark.once
def test_locked_database_means_unavailable(tmp_path: Path) -> None:
    holder, waiter = (sqlite3.connect(tmp_path / "db", timeout=0, isolation_level=None) for _ in range(2))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as locked:
        waiter.execute("BEGIN IMMEDIATE")
    assert is_database_unavailable(as_django_raises_it(locked.value))


@pytest.mark.django_db
@pytest.mark.once
def test_missing_table_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as missing:
        sqlite3.connect(tmp_path / "db").execute("SELECT * FROM nowhere")
    assert not is_database_unavailable(as_django_raises_it(missing.value))

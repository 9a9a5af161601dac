"""Which failures of the database are a 503, by their error codes. All others are bugs."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from django.db import utils

from core.errors import failures
from core.errors.failures import database_refusal

pytestmark = pytest.mark.once

POSTGRESQL = {
    "08000": "database_unavailable",
    "08006": "database_unavailable",
    "25006": "database_read_only",
    "25P03": "database_unavailable",
    "40001": "database_unavailable",
    "40P01": "database_unavailable",
    "53100": "database_unavailable",
    "53300": "database_unavailable",
    "55P03": "database_unavailable",
    "57014": "database_unavailable",
    "57P01": "database_unavailable",
    "57P02": "database_unavailable",
    "57P03": "database_unavailable",
    "58030": "database_unavailable",
    "42P01": "database_unprepared",
    "42703": "database_unprepared",
    "42601": None,
    "23505": None,
    "22003": None,
    "25P02": None,
}
SQLITE = {
    sqlite3.SQLITE_BUSY: "database_unavailable",
    sqlite3.SQLITE_BUSY_SNAPSHOT: "database_unavailable",
    sqlite3.SQLITE_FULL: "database_unavailable",
    sqlite3.SQLITE_IOERR_WRITE: "database_unavailable",
    sqlite3.SQLITE_CANTOPEN: "database_unavailable",
    sqlite3.SQLITE_CORRUPT: "database_unavailable",
    sqlite3.SQLITE_NOTADB: "database_unavailable",
    sqlite3.SQLITE_READONLY: "database_read_only",
    sqlite3.SQLITE_READONLY_DBMOVED: "database_read_only",
    sqlite3.SQLITE_ERROR: None,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: None,
}


@pytest.fixture(autouse=True)
def _older_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "are_tables_ours", lambda: False)


def code_of(error: Exception) -> str | None:
    refusal = database_refusal(error)
    assert refusal is None or (refusal.status_code == 503 and refusal.detail)
    return refusal.default_code if refusal else None


@pytest.mark.parametrize(("state", "code"), POSTGRESQL.items())
def test_postgresql_error_has_this_code(state: str, code: str | None) -> None:
    """The code decides, not Django's class: for a read-only database Django raises InternalError."""
    cause = psycopg.errors.lookup(state)("words in any language")
    wrapped = utils.InternalError("words in any language")
    wrapped.__cause__ = cause
    assert code_of(wrapped) == code_of(cause) == code


@pytest.mark.parametrize(("number", "code"), SQLITE.items())
def test_sqlite_error_has_this_code(number: int, code: str | None) -> None:
    cause = sqlite3.OperationalError("words in any language")
    cause.sqlite_errorcode = number
    wrapped = utils.DatabaseError("words in any language")
    wrapped.__cause__ = cause
    assert code_of(wrapped) == code


@pytest.mark.parametrize("words", ["no such table: a", "no such column: b", "table a has no column named b"])
def test_unknown_table_or_column_in_sqlite_means_unprepared(words: str) -> None:
    cause = sqlite3.OperationalError(words)
    cause.sqlite_errorcode = sqlite3.SQLITE_ERROR
    wrapped = utils.OperationalError(words)
    wrapped.__cause__ = cause
    assert code_of(wrapped) == "database_unprepared"


def test_other_errors_are_no_database_failures() -> None:
    assert code_of(RuntimeError("no such table: a")) is None
    assert code_of(utils.ProgrammingError("Cannot operate on a closed database.")) is None

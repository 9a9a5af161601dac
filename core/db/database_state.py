"""Find out the state of the database, with one statement and without writing."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path
from shutil import disk_usage

from django.db import Error, connection

from core.db.schema_state import missing
from core.errors.failures import DatabaseReadOnly, DatabaseUnprepared, database_refusal

logger = logging.getLogger(__name__)

OK, UNAVAILABLE = "ok", "unavailable"
READ_ONLY, FULL, UNPREPARED = "read_only", "full", "unprepared"

SENTENCES = {
    READ_ONLY: "The database can be read, but not written to.",
    FULL: "The disk of the database is full: nothing can be written.",
    UNPREPARED: "The database is not prepared for this version: run manage.py migrate.",
}
"""For operators, in the log and in the answer of /health."""

LEAST_FREE_BYTES = 1024 * 1024
"""With less free disk space, SQLite may not have enough for a few changes."""


def database_state() -> str:
    """Return the state: one of the words above except `unavailable`. Raises the database's error if it does not answer."""
    try:
        is_read_only, missed = _ask()
    except Error as failure:
        refusal = database_refusal(failure)
        if isinstance(refusal, DatabaseUnprepared):
            return UNPREPARED
        if isinstance(refusal, DatabaseReadOnly):
            return READ_ONLY
        raise
    if missed:
        return UNPREPARED
    if is_read_only:
        return READ_ONLY
    return FULL if _is_full() else OK


def report_state() -> None:
    """Log one sentence if the database is not usable. The server starts anyway: the problem may be fixed while it runs."""
    try:
        state = database_state()
    except Error as failure:
        logger.error("The database doesn't answer: %s", failure)
        return
    finally:
        connection.close()
    if state != OK:
        logger.error("%s Until then what needs it is answered with 503.", SENTENCES[state])


def _ask() -> tuple[bool, bool]:
    """Return whether the database is read-only, and whether a migration is missing."""
    if connection.vendor == "sqlite":
        read_only = "0"
    else:
        read_only = "CASE WHEN current_setting('transaction_read_only') = 'on' THEN 1 ELSE 0 END"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT app, name, {read_only} FROM django_migrations")  # noqa: S608 - one of two texts
        rows = cursor.fetchall()
    is_read_only = any(row[2] for row in rows) or (connection.vendor == "sqlite" and _refuses_writers())
    return is_read_only, bool(missing((app, name) for app, name, _ in rows))


def _refuses_writers() -> bool:
    """Return whether SQLite may not write to the file, or to its folder, where it creates a journal."""
    file = _file()
    if file is not None and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        return True
    if connection.in_atomic_block:
        return False
    sqlite: sqlite3.Connection = connection.connection
    usual = sqlite.execute("PRAGMA busy_timeout").fetchone()[0]
    sqlite.execute("PRAGMA busy_timeout = 0")
    try:
        sqlite.execute("BEGIN IMMEDIATE").execute("ROLLBACK")
    except sqlite3.Error as failure:
        # Another error means that somebody else is writing now, which is fine.
        return failure.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY
    finally:
        sqlite.execute(f"PRAGMA busy_timeout = {usual}")
    return False


def _is_full() -> bool:
    file = _file() if connection.vendor == "sqlite" else None
    return file is not None and disk_usage(file.parent).free < LEAST_FREE_BYTES


def _file() -> Path | None:
    """Return the file of the database, or None if it is not in a file."""
    file = Path(str(connection.settings_dict["NAME"]))
    return file if file.is_file() else None

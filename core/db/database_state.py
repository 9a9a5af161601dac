"""What the database can do now, asked with one statement and without writing."""

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
"""For operators: in the log and in the answer of /health."""

LEAST_FREE_BYTES = 1024 * 1024
"""With less, SQLite has no room for what a few changes need."""


def database_state() -> str:
    """One of the words above but `unavailable`. Raises what the database raises where it does not answer."""
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
    """Say in one sentence of the log what is wrong, if anything is. A start goes on: what is wrong may be mended meanwhile."""
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
    """Whether nothing can be written, and whether a migration is missing."""
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
    """SQLite: the file, or its folder, in which a journal must be made, may not be written to."""
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
        # Somebody else may be writing, which is as it should be.
        return failure.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY
    finally:
        sqlite.execute(f"PRAGMA busy_timeout = {usual}")
    return False


def _is_full() -> bool:
    file = _file() if connection.vendor == "sqlite" else None
    return file is not None and disk_usage(file.parent).free < LEAST_FREE_BYTES


def _file() -> Path | None:
    """The database's file, if it is in one."""
    file = Path(str(connection.settings_dict["NAME"]))
    return file if file.is_file() else None

"""Map exceptions of Django, DRF, psycopg and SQLite to refusals."""

from __future__ import annotations

import logging
import re
import sqlite3

import psycopg
from django.core import exceptions as django
from django.db import DataError, Error, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as drf
from rest_framework.fields import get_error_detail

from core.api.parsers import BodyTooLarge
from core.db.schema_state import are_tables_ours
from core.errors.refusals import Forbidden, NotFound, Refusal
from core.http.request_ids import current_request_id

logger = logging.getLogger(__name__)

_SQLITE_AWAY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
_SQLITE_UNKNOWN = re.compile(r"no such (table|column)|has no column named")
"""SQLite has the same error code for these and for every other mistake in a statement, so the message is matched."""

_READ_ONLY = "25006"
_UNKNOWN = {"42P01", "42703"}
"""PostgreSQL: no such table, no such column."""
_AWAY = re.compile(r"08|40|53|57|58|25P03|25P04|55P03")
"""Prefixes of SQLSTATEs: connection lost, deadlock, out of resources, shutting down or starting, disk error, timeout."""


class BadRequest(Refusal):
    status_code = 400
    default_code = "bad_request"
    default_detail = _("We couldn't read the request. Check it and send it again.")


class UnusableValue(Refusal):
    status_code = 400
    default_code = "unusable_value"
    default_detail = _("A value in the request is too large or can't be stored.")


class DatabaseUnavailable(Refusal):
    """The database cannot be reached, or all connections are busy. Nothing was changed; the client should try again."""

    status_code = 503
    default_code = "database_unavailable"
    default_detail = _("The server is too busy, or its database can't be reached. Try again in a moment.")


class DatabaseReadOnly(DatabaseUnavailable):
    """The database can only be read, for example after a failover, or because its disk is read-only."""

    default_code = "database_read_only"
    default_detail = _("Nothing can be saved right now. Your saved data is safe. Try again in a few minutes.")
    wait = 5


class DatabaseUnprepared(DatabaseUnavailable):
    """The schema is not that of this code: a migration was not run, or the schema is newer than this server."""

    default_code = "database_unprepared"
    default_detail = _("The server is being updated. Try again in a few minutes.")
    wait = 5


class ServerError(Refusal):
    """Does not reveal the cause, which is in the log under the request id that the sentence names."""

    status_code = 500
    default_code = "server_error"
    default_detail = _(
        "Something went wrong on our side. Try again. If it keeps happening, send us this code: "
        "%(request_id)s"
    )

    def __init__(self) -> None:
        super().__init__(self.default_detail % {"request_id": current_request_id.get()})


def as_refusal(exc: BaseException) -> drf.APIException | None:
    """Return the refusal for `exc`, or None if it is a bug of ours."""
    if isinstance(exc, drf.APIException):
        return _in_our_words(exc)
    if isinstance(exc, Http404):
        return NotFound()
    if isinstance(exc, django.PermissionDenied):
        return Forbidden()
    if isinstance(exc, django.ValidationError):
        return drf.ValidationError(get_error_detail(exc))
    if isinstance(exc, django.RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(
        exc, django.SuspiciousOperation | django.BadRequest | UnreadablePostError | MultiPartParserError
    ):
        return BadRequest()
    if unavailable := database_refusal(exc):
        return unavailable
    if isinstance(exc, DataError):
        # Validation should have refused this value. The user can correct it; logged as an error so that we do too.
        logger.error("A value reached the database that it cannot hold.", exc_info=exc)
        return UnusableValue()
    return None


def is_database_unavailable(exc: BaseException) -> bool:
    """Return whether the same request may succeed later."""
    return database_refusal(exc) is not None


def database_refusal(exc: BaseException) -> DatabaseUnavailable | None:
    """Return the refusal for a failure of the database, by its SQLSTATE or SQLite's code; None for bugs and other errors."""
    if not isinstance(exc, Error | psycopg.Error):
        return None
    cause = exc if isinstance(exc, psycopg.Error) else exc.__cause__
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if state is None:
        # Errors without a code come from the driver: no connection, or a timeout of the pool.
        no_answer = OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError
        return DatabaseUnavailable() if isinstance(exc, no_answer) else None
    if state == _READ_ONLY:
        return DatabaseReadOnly()
    if state in _UNKNOWN:
        return _if_unprepared()
    is_away = _AWAY.match(state) or isinstance(cause, psycopg.OperationalError)
    return DatabaseUnavailable() if is_away else None


def _of_sqlite(cause: sqlite3.Error) -> DatabaseUnavailable | None:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_READONLY:
        return DatabaseReadOnly()
    if code in _SQLITE_AWAY:
        return DatabaseUnavailable()
    if code == sqlite3.SQLITE_ERROR and _SQLITE_UNKNOWN.search(str(cause)):
        return _if_unprepared()
    return None


def _if_unprepared() -> DatabaseUnavailable | None:
    """Return the refusal for a missing table or column; None if all migrations were run, because then it is a bug."""
    return None if are_tables_ours() else DatabaseUnprepared()


def _in_our_words(exc: drf.APIException) -> drf.APIException:
    """Replace DRF's 404 and 403 without details by ours, so that a 404 does not reveal where it was raised."""
    if type(exc) is drf.NotFound and exc.detail == drf.NotFound().detail:
        return NotFound()
    if type(exc) is drf.PermissionDenied and exc.detail == drf.PermissionDenied().detail:
        return Forbidden()
    return exc

"""What other people's code raises, as refusals of ours: one place that knows Django's, psycopg's and SQLite's errors."""

from __future__ import annotations

import logging
import sqlite3

import psycopg
from django.core import exceptions as django
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as drf
from rest_framework.fields import get_error_detail

from wishlist_project.base.parsers import BodyTooLarge
from wishlist_project.base.refusals import Forbidden, NotFound, Refusal

logger = logging.getLogger(__name__)

# Of SQLite's errors only these pass by themselves; "no such column" is an OperationalError too, and a bug.
_SQLITE_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


class BadRequest(Refusal):
    status_code = 400
    default_code = "bad_request"
    default_detail = _("The request could not be read. Check it and send it again.")


class UnusableValue(Refusal):
    status_code = 400
    default_code = "unusable_value"
    default_detail = _("A value in the request is too large or cannot be stored.")


class DatabaseUnavailable(Refusal):
    """The database cannot be asked now, or its connections are all busy. Nothing was changed; asking again is right."""

    status_code = 503
    default_code = "database_unavailable"
    default_detail = _("The server is too busy or its database is away. Try again in a moment.")


class ServerError(Refusal):
    """Says nothing of the cause: that is in the log, under the same request id."""

    status_code = 500
    default_code = "server_error"
    default_detail = _("Something went wrong on our side. Try again; if it stays, tell us the X-Request-ID.")


def as_refusal(exc: BaseException) -> drf.APIException | None:
    """What `exc` means to the person who asked, or None where it is a fault of ours."""
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
    if is_database_unavailable(exc):
        return DatabaseUnavailable()
    if isinstance(exc, DataError):
        # A value that validation should have refused. The person can mend it; we should too, hence the noise.
        logger.error("A value reached the database that it cannot hold.", exc_info=exc)
        return UnusableValue()
    return None


def is_database_unavailable(exc: BaseException) -> bool:
    """Connection lost or refused, pool exhausted, deadlock or time-out: what may be gone at the next attempt."""
    if not isinstance(
        exc, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError
    ):
        return False
    cause = exc.__cause__
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_PASSING
    return True


def _in_our_words(exc: drf.APIException) -> drf.APIException:
    """DRF's bare "no" and ours are one answer: how a 404 came about is nobody's business."""
    if type(exc) is drf.NotFound and exc.detail == drf.NotFound().detail:
        return NotFound()
    if type(exc) is drf.PermissionDenied and exc.detail == drf.PermissionDenied().detail:
        return Forbidden()
    return exc

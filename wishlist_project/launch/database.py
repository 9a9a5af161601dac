"""Check at the start whether the database accepts our connection, outside the pool, which would only report a timeout."""

from __future__ import annotations

import logging
import re

import psycopg
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import OperationalError

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5
_WRONG = re.compile(
    r"authentication failed|no password supplied|does not exist|pg_hba|not permitted|denied|unsupported"
)
"""Messages of permanent errors: a wrong user, password or database name."""


def ensure_database_lets_in(*, now: bool) -> None:
    """Raise CommandError if the database settings cannot work.

    An unreachable database may come back, so that is only logged, unless the database is needed `now`.
    """
    if refused := why_refused():
        if now or is_for_good(refused):
            raise CommandError(refused)
        logger.warning("%s", refused)


def is_for_good(refused: str) -> bool:
    return connection.vendor == "sqlite" or bool(_WRONG.search(refused))


def why_refused() -> str:
    """Return one sentence that says why no connection can be made, without the password, or "" if one can."""
    try:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
        else:
            connect().close()
    except (psycopg.OperationalError, OperationalError) as error:
        said = str(error).strip().partition("\n")[0]
        return f"The database of DATABASE_URL cannot be used: {said.rstrip('.')}."
    return ""


def connect() -> psycopg.Connection[tuple[object, ...]]:
    """Open a connection to PostgreSQL outside the pool, with the same options."""
    options = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
    return psycopg.connect(**options)

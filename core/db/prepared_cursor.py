"""A cursor for statements that run again and again with other values.

PostgreSQL keeps the plan of each such statement for the connection. Planning takes several times as long as reading a few
rows by their keys. Values are sent beside the text, so a place whose type the text doesn't say needs a cast.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def prepared_cursor() -> AbstractContextManager[Any]:
    """Return the cursor. On SQLite it is an ordinary one, because its driver keeps statements by itself."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    cursor: AbstractContextManager[Any] = getattr(connection, "prepared_cursor", connection.cursor)()
    return cursor

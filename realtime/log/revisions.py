"""Use a stream's position as the revision of its state: the state follows from the events, so the same position means
the same state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Func, OuterRef, Subquery, TextField

from realtime.log.streams import list_key, list_key_parts
from realtime.models import Stream
from wishlists.models.viewers import Audience
from wishlists.queries.revisions import register_revisions


class ListKey(Func):
    """The key of a stream of a list as `list_key` spells it, from the list's id. SQLite stores the digits of an id."""

    arity = 1
    output_field = TextField()

    def __init__(self, wishlist_id: Any, audience: Audience) -> None:
        super().__init__(wishlist_id)
        self.audience = audience

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> Any:
        [wishlist_id] = self.get_source_expressions()
        column, given = compiler.compile(wishlist_id)
        before, after = list_key_parts(self.audience)
        if connection.vendor != "sqlite":
            return f"'{before}' || ({column})::text || '{after}'", given
        parts = [f"substr({column}, {start}, {length})" for start, length in _PARTS]
        return " || ".join([f"'{before}'", " || '-' || ".join(parts), f"'{after}'"]), (*given,) * len(parts)


_PARTS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


class Position(Func):
    """The position of a stream as one text."""

    template = "(%(expressions)s)"
    arg_joiner = " || '.' || "
    output_field = TextField()


def stream_revision(wishlist_id: UUID, audience: Audience) -> str:
    """Return the revision. Every read of a list asks for it, so it doesn't use the ORM. A stream that doesn't exist
    yet has no events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT epoch, head FROM realtime_stream WHERE key = %s", [list_key(wishlist_id, audience)]
        )
        row = cursor.fetchone()
    return f"{row[0]}.{row[1]}" if row else ""


def stream_revision_column(of: str, audience: Audience) -> Subquery:
    """Return the same as a column of a statement about a list, whose id is in the column `of`."""
    streams = Stream.objects.filter(key=ListKey(OuterRef(of), audience))
    return Subquery(streams.values(position=Position("epoch", "head")))


register_revisions(stream_revision, stream_revision_column)

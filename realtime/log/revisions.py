"""Use a stream's position as the revision of its state: the state follows from the events, so the same position means
the same state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from realtime.log.streams import list_key, list_key_parts
from realtime.models import Stream
from wishlists.models.viewers import Audience
from wishlists.queries.revisions import register_revisions


class IdAsText(Func):
    """A UUID as Python spells it. SQLite stores its digits."""

    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        [digits] = self.get_source_expressions()
        text, given = compiler.compile(digits)
        parts = [f"substr({text}, {start}, {length})" for start, length in _PARTS]
        return " || '-' || ".join(parts), (*given,) * len(parts)


_PARTS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


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
    before, after = list_key_parts(audience)
    key = Concat(Value(before), IdAsText(OuterRef(of)), Value(after), output_field=TextField())
    told = Concat(F("epoch"), Value("."), Cast("head", CharField()))
    return Subquery(Stream.objects.filter(key=key).values(told=told))


register_revisions(stream_revision, stream_revision_column)

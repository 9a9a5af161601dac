"""A stream's position as the revision of what it tells of: old state + events = new state, so same position, same state."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from realtime.log.streams import list_key
from wishlists.models.viewers import Audience
from wishlists.queries.revisions import register_revisions


@register_revisions
def stream_revision(wishlist_id: UUID, audience: Audience) -> str:
    """Asked with every reading of a list, and so without the ORM. A stream that nobody made has told nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT epoch, head FROM realtime_stream WHERE key = %s", [list_key(wishlist_id, audience)]
        )
        row = cursor.fetchone()
    return f"{row[0]}.{row[1]}" if row else ""

"""Use a stream's position as the revision of its state: the state follows from the events, so the same position means
the same state."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from realtime.log.streams import list_key
from wishlists.models.viewers import Audience
from wishlists.queries.revisions import register_revisions


@register_revisions
def stream_revision(wishlist_id: UUID, audience: Audience) -> str:
    """Return the revision. Every read of a list asks for it, so it doesn't use the ORM. A stream that doesn't exist
    yet has no events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT epoch, head FROM realtime_stream WHERE key = %s", [list_key(wishlist_id, audience)]
        )
        row = cursor.fetchone()
    return f"{row[0]}.{row[1]}" if row else ""

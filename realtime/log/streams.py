"""Append events to streams inside the transaction, numbered in the order of commits.

A stream is one audience of one list, or one person's inbox. Its key is also the name of its group in the channel layer.
Appending locks the stream's row until the transaction ends, so numbers follow the order of commits and a rollback
leaves no gap (G2). Streams are locked after all other rows, and in the order of their keys, so there are no deadlocks
here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import QuerySet

from core.api.renderers import encode
from core.db.prepared import prepared
from core.db.write_lock import waiting_at_most
from core.errors.failures import is_database_unavailable
from core.projections.fields import refuse_undeclared
from realtime.models import Event, Stream, new_epoch
from wishlists.models.viewers import Audience

Body = dict[str, Any]
"""An event without its number: `event` and its fields."""

logger = logging.getLogger(__name__)

STREAMS_A_STATEMENT = 1_000

UNMADE = "0" * 12
"""The epoch of a stream that doesn't exist and cannot be made now. It has no events. The stream that is made later has
another epoch, so clients that know this one get a `resync`."""

MAKING_SECONDS = 0.2
"""How long a reader waits for the write lock of SQLite."""

PAUSE_SECONDS = 1.0
"""After a stream could not be made, no reader of this process tries to make one for this long."""


@dataclass(frozen=True)
class Position:
    """A position in a stream: everything up to `seq` of this epoch is known."""

    epoch: str
    seq: int


def list_key(wishlist_id: UUID, audience: Audience) -> str:
    before, after = list_key_parts(audience)
    return f"{before}{wishlist_id}{after}"


def list_key_parts(audience: Audience) -> tuple[str, str]:
    """Return what is before and after the id of the list."""
    return "list.", f".{audience}"


def inbox_key(user_id: UUID) -> str:
    return f"inbox.{user_id}"


def append(bodies: Mapping[str, Sequence[Body]], renewed: Collection[str] = ()) -> dict[str, int]:
    """Append each stream's events, begin a new epoch for the streams in `renewed`, and return the new heads.

    The number is part of the frame. The frame is encoded here, once for all sockets.
    """
    streams = _advance({key: len(bodies.get(key, ())) for key in {*bodies, *renewed}}, renewed)
    events = []
    for key, (stream_id, head) in streams.items():
        told = bodies.get(key, ())
        for seq, body in enumerate(told, start=head - len(told) + 1):
            refuse_undeclared(body)
            frame = encode({"event": body["event"], "seq": seq} | body).decode()
            events.append(Event(stream_id=stream_id, seq=seq, frame=frame))
    Event.objects.bulk_create(events, batch_size=500)
    return {key: head for key, (_, head) in streams.items()}


def lock_streams(keys: Collection[str]) -> None:
    """Lock these streams, so that rows read afterwards are at least as new as the last event in them."""
    _advance(dict.fromkeys(keys, 0))


def position_of(key: str) -> Position:
    """Return the current position of `key`. The first reader makes the stream, if it gets the write lock at once."""
    found = next(iter(_positions(key=key)), None)
    if found is None and _make(key):
        found = Stream.objects.values_list("epoch", "head").get(key=key)
    return Position(*found) if found else Position(UNMADE, 0)


_make_again_at = 0.0


def _make(key: str) -> bool:
    """Make the stream. Return False if that is impossible now, because the lock is taken or the database is read-only."""
    global _make_again_at
    if time.monotonic() < _make_again_at:
        return False
    try:
        with waiting_at_most(MAKING_SECONDS):
            Stream.objects.bulk_create([Stream(key=key)], ignore_conflicts=True)
    except DatabaseError as failure:
        if not is_database_unavailable(failure):
            raise
        logger.warning("The stream of a reader can't be created right now: %s", failure)
        _make_again_at = time.monotonic() + PAUSE_SECONDS
        return False
    return True


@prepared
def _positions(*, key: str) -> QuerySet[Stream, tuple[str, int]]:
    return Stream.objects.filter(key=key).values_list("epoch", "head")


def _advance(counts: Mapping[str, int], renewed: Collection[str] = ()) -> dict[str, tuple[int, int]]:
    """Move the heads, and make missing streams. Return the id and head of each by key, in the order of keys."""
    streams: dict[str, tuple[int, int]] = {}
    keys = sorted(counts)
    for start in range(0, len(keys), STREAMS_A_STATEMENT):
        part = keys[start : start + STREAMS_A_STATEMENT]
        streams |= _upsert({key: counts[key] for key in part}, [key for key in part if key in renewed])
    return streams


def _upsert(counts: Mapping[str, int], renewed: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Django's upsert can set a column to a value but not add to it. Both databases can."""
    rows = ", ".join(["(%s, %s, %s)"] * len(counts))
    marks = ", ".join(["%s"] * len(renewed)) or "''"
    statement = f"""
        INSERT INTO realtime_stream (key, epoch, head) VALUES {rows}
        ON CONFLICT (key) DO UPDATE SET
            head = realtime_stream.head + excluded.head,
            epoch = CASE WHEN excluded.key IN ({marks}) THEN excluded.epoch ELSE realtime_stream.epoch END
        RETURNING key, id, head
    """  # noqa: S608 - only placeholders are put in
    values = [value for key, count in counts.items() for value in (key, new_epoch(), count)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *renewed])
        return {key: (stream_id, head) for key, stream_id, head in cursor.fetchall()}

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
from django.utils import timezone

from core.api.renderers import encode
from core.db.prepared import prepared
from core.db.prepared_cursor import prepared_cursor
from core.db.write_lock import waiting_at_most
from core.errors.failures import is_database_unavailable
from core.projections.fields import refuse_undeclared
from realtime.models import Stream, new_epoch
from wishlists.models.viewers import Audience

Body = dict[str, Any]
"""An event without its number: `event` and its fields."""

SplitFrame = tuple[str, str]
"""The text of an event before and after its number."""

NewHead = tuple[str, str, int]
"""The key of a stream, its epoch if it is new or renewed, and by how much its head moves."""

NewEvent = tuple[str, int, str, str]
"""The key of a stream, how many of the new events come after this one, and its frame around the number."""

logger = logging.getLogger(__name__)

STREAMS_A_STATEMENT = 1_000

FEW = 16
"""Up to so many rows, PostgreSQL keeps the plan of an append. More would be many different statements."""

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

    The frame is encoded here, once for all sockets. Its number is put in where the stream is locked.
    """
    heads: dict[str, int] = {}
    keys = sorted({*bodies, *renewed})
    for start in range(0, len(keys), STREAMS_A_STATEMENT):
        part = keys[start : start + STREAMS_A_STATEMENT]
        frames = {key: [_split(body) for body in bodies.get(key, ())] for key in part}
        heads |= _append(frames, [key for key in part if key in renewed])
    return heads


def lock_streams(keys: Collection[str]) -> None:
    """Lock these streams, so that rows read afterwards are at least as new as the last event in them."""
    for start in range(0, len(keys), STREAMS_A_STATEMENT):
        _append(dict.fromkeys(sorted(keys)[start : start + STREAMS_A_STATEMENT], ()))


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


def _split(body: Body) -> SplitFrame:
    """Encode an event around its number, which only the locked stream knows."""
    refuse_undeclared(body)
    rest = {name: value for name, value in body.items() if name != "event"}
    return f'{{"event":{encode(body["event"]).decode()},"seq":', f",{encode(rest).decode()[1:]}"


def _append(frames: Mapping[str, Sequence[SplitFrame]], renewed: Sequence[str] = ()) -> dict[str, int]:
    """Move the heads by the number of frames, make missing streams, and write the frames with their numbers. Return the
    heads."""
    streams = [(key, new_epoch(), len(frames[key])) for key in frames]
    events = [
        (key, after, *frame)
        for key in frames
        for after, frame in zip(_after(frames[key]), frames[key], strict=True)
    ]
    if connection.vendor == "postgresql":
        return _append_at_once(streams, events, renewed)
    return _append_in_steps(streams, events, renewed)


def _after(frames: Sequence[SplitFrame]) -> range:
    """For each frame, the number of those that come after it: how much less than the new head its number is."""
    return range(len(frames) - 1, -1, -1)


def _append_at_once(
    streams: Sequence[NewHead], events: Sequence[NewEvent], renewed: Sequence[str]
) -> dict[str, int]:
    """One statement, so that the locks of the streams are held for one round trip and the commit. Streams are locked in
    the order of the rows."""
    heads = ", ".join(["(%s, %s, %s)"] * len(streams))
    told = ", ".join(["(%s::text, %s::bigint, %s::text, %s::text)"] * len(events))
    event = f"""
        , event AS (
            INSERT INTO realtime_event (stream_id, seq, frame, created_at)
            SELECT stream.id, stream.head - told.after, told.start || (stream.head - told.after) || told.rest, %s
            FROM (VALUES {told}) AS told (key, after, start, rest) JOIN stream USING (key)
            ORDER BY stream.id, told.after DESC
        )
    """  # noqa: S608 - only placeholders are put in
    append = f"""
        WITH stream AS ({_upsert(heads, renewed)} RETURNING id, key, head) {event if events else ""}
        SELECT key, head FROM stream
    """  # noqa: S608
    values: list[Any] = [value for stream in streams for value in stream] + [*renewed]
    if events:
        values += [timezone.now(), *(value for event in events for value in event)]
    few = len(streams) + len(events) <= FEW
    with prepared_cursor() if few else connection.cursor() as cursor:
        cursor.execute(append, values)
        return dict(cursor.fetchall())


def _append_in_steps(
    streams: Sequence[NewHead], events: Sequence[NewEvent], renewed: Sequence[str]
) -> dict[str, int]:
    """SQLite has no common table expressions that write, and no round trips to save."""
    heads = ", ".join(["(%s, %s, %s)"] * len(streams))
    upsert = f"{_upsert(heads, renewed)} RETURNING key, id, head"
    insert = "INSERT INTO realtime_event (stream_id, seq, frame, created_at) VALUES (%s, %s, %s, %s)"
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(upsert, [*(value for stream in streams for value in stream), *renewed])
        now_at = {key: (stream_id, head) for key, stream_id, head in cursor.fetchall()}
        numbered = [(*_numbered(now_at[key], after), start, rest) for key, after, start, rest in events]
        cursor.executemany(
            insert, [(pk, seq, f"{start}{seq}{rest}", now) for pk, seq, start, rest in numbered]
        )
    return {key: head for key, (_, head) in now_at.items()}


def _upsert(heads: str, renewed: Sequence[str]) -> str:
    """Django's upsert can set a column to a value but not add to it. Both databases can."""
    marks = ", ".join(["%s"] * len(renewed)) or "''"
    return f"""
        INSERT INTO realtime_stream (key, epoch, head) VALUES {heads}
        ON CONFLICT (key) DO UPDATE SET
            head = realtime_stream.head + excluded.head,
            epoch = CASE WHEN excluded.key IN ({marks}) THEN excluded.epoch ELSE realtime_stream.epoch END
    """  # noqa: S608 - only placeholders are put in


def _numbered(stream: tuple[int, int], after: int) -> tuple[int, int]:
    stream_id, head = stream
    return stream_id, head - after

"""Read streams: events that a hub has not handed on yet, events that a subscriber missed, and snapshots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from accounts.models import Notification
from accounts.projections.people import notifications
from core.projections.fields import refuse_undeclared
from realtime.access import Verdict, Way, judge
from realtime.log.streams import Position, position_of
from realtime.models import Event, Stream
from realtime.protocol import SocketError, frame
from wishlists.access.audience import sight_of
from wishlists.models import Wishlist
from wishlists.models.viewers import Audience
from wishlists.projections.items import project_list
from wishlists.projections.money import project_collections_for, project_pot_for
from wishlists.projections.wishlists import project_wishlist

REPLAYED = 1_000
"""A client that has missed more events gets a snapshot, which is shorter."""

LOOKED_AT_ONCE = 2_000
NOTIFICATIONS = 200

Numbered = tuple[int, str]
"""The number of an event, and its frame."""


@dataclass(frozen=True)
class StreamUpdate:
    """A stream that has moved: its epoch and head, and the events since the known position, as far as they were read."""

    key: str
    epoch: str
    head: int
    events: list[Numbered]


@dataclass(frozen=True)
class Missed:
    """The events that a subscriber has missed up to `position`, or None if they are not available and a snapshot is
    needed."""

    position: Position
    events: list[Numbered] | None


@dataclass(frozen=True)
class Snapshot:
    """A `resync` frame, the same for every subscriber of its stream, and the position from which the stream continues."""

    position: Position
    text: str


@dataclass(frozen=True)
class Settling:
    """A client on a way that has joined the group of a stream, and knows the stream up to `since` of `epoch`."""

    way: Way
    key: str
    epoch: str | None
    since: int | None


def read_updates(known: Mapping[str, Position]) -> tuple[list[StreamUpdate], bool]:
    """Return the streams among these that have moved, and whether that was everything. One statement if none has
    moved, otherwise two."""
    rows = Stream.objects.filter(key__in=known).values_list("id", "key", "epoch", "head")
    moved = [row for row in rows if Position(*row[2:]) != known[row[1]]]
    behind = [
        (pk, known[key].seq)
        for pk, key, epoch, head in moved
        if epoch == known[key].epoch and head > known[key].seq
    ]
    events: defaultdict[int, list[Numbered]] = defaultdict(list)
    if behind:
        wanted = Q(*(Q(stream_id=pk, seq__gt=seq) for pk, seq in behind), _connector=Q.OR)
        found = (
            Event.objects.filter(wanted).order_by("stream_id", "seq").values_list("stream_id", "seq", "frame")
        )
        for stream_id, seq, text in found[:LOOKED_AT_ONCE]:
            events[stream_id].append((seq, text))
    complete = sum(map(len, events.values())) < LOOKED_AT_ONCE
    unread = () if complete else {pk for pk, _ in behind if pk not in events}
    return [
        StreamUpdate(key, epoch, head, events[pk]) for pk, key, epoch, head in moved if pk not in unread
    ], complete


def read_missed(key: str, epoch: str | None, since: int | None) -> Missed:
    """Return what a subscriber has missed, by the recovery table (G2). Without `since` it starts at the head."""
    position = position_of(key)
    if since is None or (epoch == position.epoch and since == position.seq):
        return Missed(position, [])
    missing = position.seq - since
    if epoch != position.epoch or missing < 0 or missing > REPLAYED:
        return Missed(position, None)
    rows = Event.objects.filter(stream__key=key, seq__gt=since, seq__lte=position.seq).order_by("seq")
    events = list(rows.values_list("seq", "frame"))
    return Missed(position, events if len(events) == missing else None)


def read_settling(asked: Collection[Settling]) -> dict[Settling, tuple[Verdict, Missed | None]]:
    """Check which clients may listen, and then read what they missed, once for all that come from the same position."""
    verdicts = judge({one.way for one in asked})
    missed: dict[tuple[str, str | None, int | None], Missed] = {}
    answers: dict[Settling, tuple[Verdict, Missed | None]] = {}
    for one in asked:
        place = (one.key, one.epoch, one.since)
        if isinstance(verdicts[one.way], SocketError):
            answers[one] = verdicts[one.way], None
            continue
        if place not in missed:
            missed[place] = read_missed(*place)
        answers[one] = verdicts[one.way], missed[place]
    return answers


def read_snapshot(key: str, wishlist_id: UUID, audience: Audience) -> Snapshot:
    """Read everything that this audience may see of a list. The position is read first, so events that come meanwhile
    are sent again."""
    position = position_of(key)
    wishlist = Wishlist.objects.get(pk=wishlist_id)
    sight = sight_of(audience, wishlist)
    snapshot = {
        "wishlist": project_wishlist(wishlist),
        "items": project_list(wishlist, sight),
        "collections": project_collections_for(wishlist, audience),
        "pot": project_pot_for(wishlist, audience),
    }
    refuse_undeclared(snapshot)
    text = frame("resync", wishlist_id=wishlist_id, epoch=position.epoch, seq=position.seq, snapshot=snapshot)
    return Snapshot(position, text)


def read_inbox_snapshot(key: str, user_id: UUID) -> Snapshot:
    position = position_of(key)
    snapshot = {
        "notifications": notifications(Notification.objects.listed().filter(user=user_id)[:NOTIFICATIONS])
    }
    refuse_undeclared(snapshot)
    text = frame("resync", stream="inbox", epoch=position.epoch, seq=position.seq, snapshot=snapshot)
    return Snapshot(position, text)

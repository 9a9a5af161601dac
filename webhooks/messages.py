"""What a webhook is sent: the events that a socket of its user would get, one in each message, in their order."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.utils import timezone

from core.api.renderers import encode
from realtime.log.streams import position_of
from realtime.models import Event
from webhooks.models import FollowedList

RESYNC = "resync"
"""The receiver has to read the list anew: it is new to it, or events in between are no longer available."""

LOOKED_AT = 200
"""Events of other types that are passed over at once."""


@dataclass(frozen=True)
class Message:
    """A message, and the position in the stream once it is delivered. Without a body there is nothing to deliver."""

    epoch: str
    seq: int
    event: str = ""
    body: bytes = b""
    message_id: str = ""


def next_message(followed: FollowedList, events: Collection[str]) -> Message:
    """Return the next message for a list. `events`: the types that the webhook gets, or none for all."""
    position = position_of(followed.stream_key)
    if followed.epoch != position.epoch or followed.seq > position.seq:
        return _resync(followed, position.epoch, position.seq)
    after = Event.objects.filter(stream__key=followed.stream_key, seq__gt=followed.seq).order_by("seq")
    seq = followed.seq
    for event in after[:LOOKED_AT]:
        if event.seq != seq + 1:
            break  # those in between were deleted, because they were too old
        seq = event.seq
        name = str(orjson.loads(event.frame)["event"])
        if not events or name in events:
            return _message(followed, position.epoch, seq, name, event.created_at, event.frame)
    if seq == followed.seq and position.seq > seq:
        return _resync(followed, position.epoch, position.seq)
    return Message(position.epoch, seq)


def _resync(followed: FollowedList, epoch: str, seq: int) -> Message:
    frame = {"event": RESYNC, "wishlist_id": followed.wishlist_id, "epoch": epoch, "seq": seq}
    return _message(followed, epoch, seq, RESYNC, timezone.now(), encode(frame).decode())


def _message(followed: FollowedList, epoch: str, seq: int, name: str, at: datetime, frame: str) -> Message:
    """Put the frame into the message as it is. Equal events have equal ids, so that receivers can tell repeated ones."""
    named = f"{followed.webhook_id} {followed.stream_key} {epoch} {seq} {name}"
    message_id = "msg_" + hashlib.sha256(named.encode()).hexdigest()[:32]
    start = encode({"type": name, "timestamp": at})[:-1]
    return Message(epoch, seq, name, start + b',"data":' + frame.encode() + b"}", message_id)

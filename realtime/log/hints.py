"""Send hints after the commit. A hint has no content: hubs read what happened from the database.

Hints may be lost, doubled or out of order, which affects only speed (G7). In a server its event loop sends them beside the
answers: no request waits. While some are on their way, later hints to the same group become one. After a failure no hints
are sent for a while, because hubs also look by themselves.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Hashable, Mapping
from typing import Any

import orjson
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.db.models import F

from realtime.log.streams import position_of
from realtime.models import Event

logger = logging.getLogger(__name__)

ACCESS_GROUP = "access"
"""The group that every hub is in."""

SECONDS = 1.0
SILENT_SECONDS = 5.0

MOST_PENDING = 10_000
"""Groups whose hint may wait to be sent. More hints are dropped, and hubs find those events by themselves."""

Messages = list[tuple[str, dict[str, Any]]]

_server: dict[str, asyncio.AbstractEventLoop] = {}
_pending: dict[Hashable, tuple[str, dict[str, Any]]] = {}
_pending_lock = threading.Lock()
_tasks: set[asyncio.Task[None]] = set()
_silent_until = 0.0


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Set the event loop in which this process serves. The in-memory layer lives in it, and may be used from no other
    loop."""
    if _server.get("loop") is not loop:
        _take()  # what an earlier loop has not sent, nobody would send
        _server["loop"] = loop


def hint(heads: Mapping[str, int], *, access: bool) -> None:
    """Tell the hubs, once the open transaction is committed, which streams have grown, or that access has changed."""
    messages: Messages = [
        (key, {"type": "stream.hint", "key": key, "head": head} | _content(key))
        for key, head in heads.items()
    ]
    if access:
        messages.append((ACCESS_GROUP, {"type": "access.hint"}))
    if messages and settings.REALTIME_HINTS:
        # With a partial, Django's logging of a failed robust callback would fail too.
        transaction.on_commit(lambda: _send(messages), robust=True)


def _content(key: str) -> dict[str, Any]:
    """Return the newest event and its epoch. Only the Channels fan-out (`REALTIME_FANOUT=channels`) uses them."""
    if settings.REALTIME_FANOUT != "channels":
        return {}
    newest = Event.objects.filter(stream__key=key, seq=F("stream__head")).values_list("frame", flat=True)
    frame = newest.first()
    return {"epoch": position_of(key).epoch, "event": orjson.loads(frame) if frame else None}


def _send(messages: Messages) -> None:
    """Send the messages, from any thread. In a server its own loop sends, and nobody waits. A shell or a worker waits
    a little."""
    if time.monotonic() < _silent_until:
        return
    loop = _server.get("loop")
    if loop is not None and loop.is_running():
        if _put(messages):
            loop.call_soon_threadsafe(_start)
        return
    # In a thread of its own, because the caller's thread may already run a loop, and because joining a thread can be
    # bounded.
    sender = threading.Thread(target=lambda: asyncio.run(_deliver(messages)), name="hints", daemon=True)
    sender.start()
    sender.join(SECONDS)
    if sender.is_alive():
        _be_silent("no answer")


def _put(messages: Messages) -> bool:
    """Add to what the loop is to send. Return whether it has to be told: not if it has not taken the last ones yet.

    A later hint to a group says all that an earlier one said, unless it carries an event.
    """
    with _pending_lock:
        was_empty = not _pending
        for group, message in messages:
            key = (group, message["head"]) if "event" in message else group
            if key in _pending or len(_pending) < MOST_PENDING:
                _pending[key] = group, message
        return was_empty


def _take() -> Messages:
    with _pending_lock:
        messages = list(_pending.values())
        _pending.clear()
        return messages


def _start() -> None:
    """Send what is pending, unless an earlier task still sends and will take it."""
    if not _tasks:
        task = asyncio.get_running_loop().create_task(_deliver_pending())
        _tasks.add(task)
        task.add_done_callback(_ended)


def _ended(task: asyncio.Task[None]) -> None:
    """Hints that came after the task had looked for more start another one."""
    _tasks.discard(task)
    if _pending and not task.cancelled():
        _start()


async def _deliver_pending() -> None:
    while messages := _take():
        await _deliver(messages)


async def _deliver(messages: Messages) -> None:
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(SECONDS):
            await asyncio.gather(*(layer.group_send(group, message) for group, message in messages))
    except Exception as failure:
        _be_silent(repr(failure))


def _be_silent(reason: str) -> None:
    global _silent_until
    _silent_until = time.monotonic() + SILENT_SECONDS
    logger.warning("The channel layer fails. Hints are skipped for %g s: %s", SILENT_SECONDS, reason)

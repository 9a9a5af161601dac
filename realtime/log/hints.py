"""The only way out: after the commit, a hint without content. What happened is read from the database.

Hints may be lost, doubled or out of order; nothing depends on them but speed (G7). Sending one never holds a write
for longer than `SECONDS`, and after a failure hints are left out for a while: hubs also look by themselves.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
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
"""Every hub is in it."""

SECONDS = 1.0
SILENT_SECONDS = 5.0

Messages = list[tuple[str, dict[str, Any]]]

_server: dict[str, asyncio.AbstractEventLoop] = {}
_tasks: set[asyncio.Task[None]] = set()
_silent_until = 0.0


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """The loop in which this process serves. The in-memory layer lives in it, and nothing else may touch that."""
    _server["loop"] = loop


def hint(heads: Mapping[str, int], *, access: bool) -> None:
    """Once the open transaction is committed, tell the hubs which streams have grown, or that access has changed."""
    messages: Messages = [
        (key, {"type": "stream.hint", "key": key, "head": head} | _content(key))
        for key, head in heads.items()
    ]
    if access:
        messages.append((ACCESS_GROUP, {"type": "access.hint"}))
    if messages and settings.REALTIME_HINTS:
        # A partial would make Django's logging of a failed robust callback fail in turn.
        transaction.on_commit(lambda: _send(messages), robust=True)


def _content(key: str) -> dict[str, Any]:
    """For the textbook way alone: the newest event, and the epoch that it belongs to."""
    if settings.REALTIME_FANOUT != "channels":
        return {}
    newest = Event.objects.filter(stream__key=key, seq=F("stream__head")).values_list("frame", flat=True)
    frame = newest.first()
    return {"epoch": position_of(key).epoch, "event": orjson.loads(frame) if frame else None}


def _send(messages: Messages) -> None:
    """From any thread. A server's own loop sends, and nobody waits for it; a shell or a worker waits a little."""
    if time.monotonic() < _silent_until:
        return
    loop = _server.get("loop")
    if loop is not None and loop.is_running():
        loop.call_soon_threadsafe(_start, messages)
        return
    # A thread of its own, because the caller's may be running a loop already, and because joining it is bounded.
    sender = threading.Thread(target=lambda: asyncio.run(_deliver(messages)), name="hints", daemon=True)
    sender.start()
    sender.join(SECONDS)
    if sender.is_alive():
        _be_silent("no answer")


def _start(messages: Messages) -> None:
    task = asyncio.get_running_loop().create_task(_deliver(messages))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


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

"""Long polling: requests wait for events in the event loop, before the gate, and hold neither a thread nor a
connection.

A view that finds no event for a client that wants to wait says so to its `PollSlot`, and answers as usual. That answer
is dropped. The request listens to the hub. When there is an event, or time is up, the view runs again from the
beginning: it authenticates, checks access and reads again. So nothing that was read before the wait is used after it.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Refusal
from realtime.delivery.hub import Hub
from realtime.delivery.running import delivery_of
from realtime.log.streams import Position

ADDRESS = re.compile(r"/api/v1/.*events/?")
SLOT = "wishlist.poll_slot"

Message = dict[str, Any]
Counted = Mapping[Hashable, int]
"""The keys that a request counts under (a person or the people of one link, and an address), and the most requests
that may wait under each."""
Application = Callable[..., Awaitable[None]]


class TooManyWait(Refusal):
    status_code = 503
    default_code = "too_many_wait"
    default_detail = _(
        "Too many requests are waiting for events right now. Try again in a few seconds, or use a WebSocket."
    )
    wait = 5


class TooManyOfYoursWait(TooManyWait):
    status_code = 429
    default_code = "too_many_of_yours_wait"
    default_detail = _(
        "You have too many open requests for events. Wait for their answers, or use a WebSocket."
    )


class Places:
    """Counts the requests that wait, and limits them. Views take places in their threads, and the event loop gives
    them back."""

    def __init__(self, *, in_all: int | None = None) -> None:
        self._in_all = settings.LONG_POLLS if in_all is None else in_all
        self._lock = Lock()
        self._waiting = 0
        self._taken: Counter[Hashable] = Counter()

    def take(self, counted: Counted) -> None:
        """Take one place under each key, or none at all."""
        with self._lock:
            if any(self._taken[who] >= most for who, most in counted.items()):
                raise TooManyOfYoursWait
            if self._waiting >= self._in_all:
                raise TooManyWait
            self._waiting += 1
            self._taken.update(counted.keys())

    def leave(self, counted: Counted) -> None:
        with self._lock:
            self._waiting -= 1
            self._taken.subtract(counted.keys())
            self._taken += Counter()  # drops keys whose count is zero


@dataclass(frozen=True)
class PendingPoll:
    """A request that waits for events after `position` in a stream, for at most `seconds`."""

    counted: Counted
    key: str
    position: Position
    seconds: float


class PollSlot:
    """How the view of one request asks the event loop to wait. A request that has already waited gets no slot, so it
    is answered."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._lock = Lock()
        self._over = False
        self.poll: PendingPoll | None = None

    def wait(self, poll: PendingPoll) -> None:
        """Ask the event loop to wait. Raises a refusal if too many requests wait already. Does nothing if the client
        has left."""
        with self._lock:
            if not self._over:
                self._places.take(poll.counted)
                self.poll = poll

    def end(self) -> None:
        """Give the place back, if one was taken. A later call of `wait` by the view's thread does nothing."""
        with self._lock:
            self._over = True
            if self.poll is not None:
                self._places.leave(self.poll.counted)


class LongPolling:
    """Wraps the HTTP application of one process, including the gate."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._places = Places()

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["method"] != "GET" or not ADDRESS.fullmatch(scope["path"]):
            await self._application(scope, receive, send)
            return
        gone = asyncio.create_task(_until_gone(receive))
        try:
            if await self._waited(scope, gone, send) and not gone.done():
                await self._ask(scope, gone, send)
        finally:
            gone.cancel()

    async def _waited(self, scope: Message, gone: asyncio.Task[None], send: Any) -> bool:
        """Run the view, and wait if it asked to. Return False if the view answered at once."""
        slot = PollSlot(self._places)
        try:
            await self._ask(scope | {SLOT: slot}, gone, _unless_waiting(slot, send))
            if slot.poll is None:
                return False
            await _listen(slot.poll, gone)
            return True
        finally:
            slot.end()

    async def _ask(self, scope: Message, gone: asyncio.Task[None], send: Any) -> None:
        """Run the view once. It reads a request without a body, and learns when the client leaves."""
        messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Message:
            if message := next(messages, None):
                return message
            await asyncio.shield(gone)
            return {"type": "http.disconnect"}

        await self._application(scope, receive, send)


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _unless_waiting(slot: PollSlot, send: Any) -> Any:
    async def send_unless_waiting(message: Message) -> None:
        if slot.poll is None:
            await send(message)

    return send_unless_waiting


class _PollListener:
    """A listener that only has to know whether there is an event."""

    def __init__(self, poll: PendingPoll) -> None:
        self.key, self.epoch, self.seq = poll.key, poll.position.epoch, poll.position.seq
        self.woken = asyncio.Event()

    def write(self, text: str) -> None:
        self.woken.set()

    def recover(self) -> None:
        self.woken.set()


async def _listen(poll: PendingPoll, gone: asyncio.Task[None]) -> None:
    hub = delivery_of(asyncio.get_running_loop()).hub
    listener = _PollListener(poll)
    woken = asyncio.create_task(_wait_for_event(hub, listener))
    try:
        await asyncio.wait({woken, gone}, timeout=poll.seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        woken.cancel()
        hub.leave(listener.key, listener)


async def _wait_for_event(hub: Hub, listener: _PollListener) -> None:
    await hub.join(listener.key, listener)
    # Events between the view's read and the joining have not reached the hub, so it looks once.
    hub.hint([listener.key])
    if hub.go_live(listener):
        await listener.woken.wait()

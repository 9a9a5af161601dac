"""Requests that wait for news: in the event loop, before the gate, without a thread and without a connection.

A view that finds nothing new for somebody who would wait says so to its `Turn`, and answers as usual. That answer is
dropped, the request listens to the hub, and when there is news or time is up it is asked anew from the beginning: who
is asking, whether they still may, and what there is. So nothing that was true before the wait is relied upon after it.
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
from realtime.delivery.access_checks import rounds_of
from realtime.delivery.hub import Hub
from realtime.log.streams import Position

ADDRESS = re.compile(r"/api/v1/.*events/?")
TURN = "wishlist.turn"

Message = dict[str, Any]
Counted = Mapping[Hashable, int]
"""As what a request counts, a person or those who came by one link, and an address; and how many of each may wait."""
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
    """Who waits, and how many may. Views take places in their threads, the loop gives them back."""

    def __init__(self, *, in_all: int | None = None) -> None:
        self._in_all = settings.LONG_POLLS if in_all is None else in_all
        self._lock = Lock()
        self._waiting = 0
        self._taken: Counter[Hashable] = Counter()

    def take(self, counted: Counted) -> None:
        """One place of each, or of none."""
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
            self._taken += Counter()  # forgets those who have none


@dataclass(frozen=True)
class Wish:
    """To hear of what follows `position` in a stream, within so many seconds."""

    counted: Counted
    key: str
    position: Position
    seconds: float


class Turn:
    """What the view of one request may say to the loop. A request that has waited gets none, and is answered."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._lock = Lock()
        self._over = False
        self.wish: Wish | None = None

    def wait(self, wish: Wish) -> None:
        """Raises a refusal where too many wait already. Nobody waits for a client that has left meanwhile."""
        with self._lock:
            if not self._over:
                self._places.take(wish.counted)
                self.wish = wish

    def end(self) -> None:
        """Give the place back, if there is one; whatever the view still says in its thread comes too late."""
        with self._lock:
            self._over = True
            if self.wish is not None:
                self._places.leave(self.wish.counted)


class WaitingRoom:
    """Around the HTTP application, gate and all, of one process."""

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
        """False: it was answered at once."""
        turn = Turn(self._places)
        try:
            await self._ask(scope | {TURN: turn}, gone, _unless_waiting(turn, send))
            if turn.wish is None:
                return False
            await _listen(turn.wish, gone)
            return True
        finally:
            turn.end()

    async def _ask(self, scope: Message, gone: asyncio.Task[None], send: Any) -> None:
        """One question. Whoever is asked reads a request without a body, and learns when the client leaves."""
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


def _unless_waiting(turn: Turn, send: Any) -> Any:
    async def send_unless_waiting(message: Message) -> None:
        if turn.wish is None:
            await send(message)

    return send_unless_waiting


class _Ear:
    """A listener that wants to know one thing: is there news?"""

    def __init__(self, wish: Wish) -> None:
        self.key, self.epoch, self.seq = wish.key, wish.position.epoch, wish.position.seq
        self.heard = asyncio.Event()

    def write(self, text: str) -> None:
        self.heard.set()

    def recover(self) -> None:
        self.heard.set()


async def _listen(wish: Wish, gone: asyncio.Task[None]) -> None:
    hub = rounds_of(asyncio.get_running_loop()).hub
    ear = _Ear(wish)
    heard = asyncio.create_task(_hear(hub, ear))
    try:
        await asyncio.wait({heard, gone}, timeout=wish.seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        heard.cancel()
        hub.leave(ear.key, ear)


async def _hear(hub: Hub, ear: _Ear) -> None:
    await hub.join(ear.key, ear)
    # The hub has not heard what was told between the view's look and the joining, so it looks once.
    hub.hint([ear.key])
    if hub.go_live(ear):
        await ear.heard.wait()

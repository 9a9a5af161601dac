"""The gate before HTTP: so many requests at once, so many waiting, and past that an honest 503.

Under ASGI every request that is being worked on has a thread, and most of those a database connection. Without a bound
a rush would open them all at once; with it the rush queues, in order, and sockets go on being served meanwhile.

What writes may take most places and never all: writers may wait for a lock, and readers do not queue behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from core.asgi.early_answers import refuse_early

Application = Callable[..., Awaitable[None]]
Scope = dict[str, Any]

ALWAYS_OPEN = {"/health", "/api/v1/metadata"}
"""Whoever watches over the server must see that it is only busy; and a fetch waits seconds for somebody else's server, in
threads and within bounds of its own (wishlists/product_preview/fetch_pool.py)."""

READS = {"GET", "HEAD", "OPTIONS"}

RETRY_AFTER_SECONDS = 2


class Gate:
    """Around the HTTP application of one process. `beside` answers what is always open."""

    def __init__(
        self, application: Application, *, at_once: int, waiting: int, beside: Application | None = None
    ) -> None:
        self._application = application
        self._beside = beside or application
        places = asyncio.Semaphore(at_once)
        self._reading = Queue(waiting, places)
        self._writing = Queue(waiting, asyncio.Semaphore(writers_of(at_once)), places)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        queue = self._reading if scope["method"] in READS else self._writing
        if scope["path"].removesuffix("/") in ALWAYS_OPEN:
            await self._beside(scope, receive, send)
        elif queue.is_full():
            await refuse_early(
                scope,
                send,
                status=503,
                code="too_busy",
                detail="The server is too busy. Try again in a moment.",
                retry_after=RETRY_AFTER_SECONDS,
            )
        else:
            async with queue.place():
                await self._application(scope, receive, send)


def writers_of(at_once: int) -> int:
    """How many of so many places may be taken by requests that write."""
    return max(1, at_once - max(1, at_once // 4))


class Queue:
    """Who waits for a place of each kind in `places`, in their order."""

    def __init__(self, most_waiting: int, *places: asyncio.Semaphore) -> None:
        self._places = places
        self._most_waiting = most_waiting
        self._waiting = 0

    def is_full(self) -> bool:
        return self._waiting >= self._most_waiting and any(place.locked() for place in self._places)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as taken:
            self._waiting += 1
            try:
                for place in self._places:
                    await taken.enter_async_context(place)
            finally:
                self._waiting -= 1
            yield

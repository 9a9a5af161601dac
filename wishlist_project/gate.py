"""The gate limits concurrent HTTP requests: a number of them run, a number wait, and others get 503.

Under ASGI each running request has a thread, and most have a database connection. Without a limit, many requests at once
would open all of these; with it they queue in order, and sockets are still served.

Requests that write may take most slots but never all: they may wait for a lock, and requests that read should not wait
behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from core.asgi.early_answers import refuse_early

Application = Callable[..., Awaitable[None]]
Scope = dict[str, Any]

READS = {"GET", "HEAD", "OPTIONS"}

RETRY_AFTER_SECONDS = 2


class Gate:
    """Wraps the HTTP application of a process. `beside` has the applications of the paths that are always open."""

    def __init__(
        self, application: Application, *, at_once: int, waiting: int, beside: Mapping[str, Application]
    ) -> None:
        self._application = application
        self._beside = beside
        places = asyncio.Semaphore(at_once)
        self._reading = Queue(waiting, places)
        self._writing = Queue(waiting, asyncio.Semaphore(writers_of(at_once)), places)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        queue = self._reading if scope["method"] in READS else self._writing
        if beside := self._beside.get(scope["path"].removesuffix("/")):
            await beside(scope, receive, send)
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
    """Return how many of `at_once` slots requests that write may take."""
    return max(1, at_once - max(1, at_once // 4))


class Queue:
    """A queue of requests, each of which needs a slot of every semaphore in `places`."""

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

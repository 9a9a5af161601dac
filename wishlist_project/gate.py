"""The gate before HTTP: so many requests at once, so many waiting, and past that an honest 503.

Under ASGI every request that is being worked on has a thread, and most of those a database connection. Without a bound
a rush would open them all at once; with it the rush queues, in order, and sockets go on being served meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from wishlist_project.base.asgi_answers import refuse_early

Application = Callable[..., Awaitable[None]]
Scope = dict[str, Any]

ALWAYS_OPEN = {"/health", "/api/v1/metadata"}
"""Whoever watches over the server must see that it is only busy; and a fetch waits seconds for somebody else's server, in
threads and within bounds of its own (wishlists/fetch_pool.py)."""

RETRY_AFTER_SECONDS = 2


class Gate:
    """Around the HTTP application of one process. `beside` answers what is always open."""

    def __init__(
        self, application: Application, *, at_once: int, waiting: int, beside: Application | None = None
    ) -> None:
        self._application = application
        self._beside = beside or application
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = waiting
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["path"].removesuffix("/") in ALWAYS_OPEN:
            await self._beside(scope, receive, send)
        elif self._places.locked() and self._waiting >= self._most_waiting:
            await refuse_early(
                scope,
                send,
                status=503,
                code="too_busy",
                detail="The server is too busy. Try again in a moment.",
                retry_after=RETRY_AFTER_SECONDS,
            )
        else:
            await self._wait()
            try:
                await self._application(scope, receive, send)
            finally:
                self._places.release()

    async def _wait(self) -> None:
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

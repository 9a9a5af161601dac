"""Django behind ASGI, with each request in one thread from the first middleware to the last byte.

Django's own ASGI handler creates a thread per request, and switches between it and the event loop several times if only
some middlewares are asynchronous. All of ours can run synchronously, so a fixed number of threads runs whole requests, and
the event loop is free for the sockets (bench/lab-book.md, docs/adr/0006-one-thread-per-request.md).
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from typing import Any

from django.core import signals
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from core.asgi.room import with_room

Message = dict[str, Any]


class ThreadedDjango(ASGIHandler):
    """An ASGI application for HTTP. Its requests have a complete body (guard.py) and a slot (gate.py)."""

    def __init__(self, threads: int) -> None:
        BaseHandler.__init__(self)
        self.load_middleware()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        body = await _read(receive)
        if body is None:
            return
        loop = asyncio.get_running_loop()

        def send_now(message: Message) -> None:
            """Send from the thread, and wait until the server has accepted the message."""
            asyncio.run_coroutine_threadsafe(send(message), loop).result()

        run = copy_context().run
        for message in await loop.run_in_executor(self._threads, run, self._answer, scope, body, send_now):
            await send(message)

    @with_room
    def _answer(self, scope: Message, body: bytes, send_now: Any) -> list[Message]:
        """Run the request. Return the messages that are still to be sent: all, or for a stream only the last."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        with closing(io.BytesIO(body)) as file:
            request, refused = self.create_request(scope, file)
            response: Any = refused if request is None else self.get_response(request)
            # Closing the response ends the request and returns its database connection to the pool.
            with closing(response):
                start = {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": _headers(response),
                }
                if not response.streaming:
                    return [start, {"type": "http.response.body", "body": response.content}]
                send_now(start)
                for part in _parts(response):
                    send_now({"type": "http.response.body", "body": part, "more_body": True})
                return [{"type": "http.response.body"}]


async def _read(receive: Any) -> bytes | None:
    """Return the body, or None if the client has disconnected."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    cookies = [cookie.output(header="").strip().encode("ascii") for cookie in response.cookies.values()]
    return headers + [(b"Set-Cookie", cookie) for cookie in cookies]


def _parts(response: Any) -> Iterator[bytes]:
    """Return the parts of a streaming response, with files in chunks of Django's chunk size."""
    if hasattr(response, "block_size"):
        response.block_size = ASGIHandler.chunk_size
    return iter(response)

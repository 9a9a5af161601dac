"""The gate: so many at once, so many waiting, an honest 503 for the rest, and health at all times."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from wishlist_project.gate import Gate

pytestmark = pytest.mark.asyncio

Message = dict[str, Any]


class Slow:
    """An application that answers when it is let, and counts how many it works on."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.go = asyncio.Event()

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go.wait()
        self.now -= 1
        await send({"type": "http.response.start", "status": 200})


async def ask(gate: Gate, path: str = "/", **headers: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await gate({"type": "http", "path": path, "headers": raw}, None, send)
    return sent


async def test_more_than_fit_wait_and_more_than_may_wait_are_refused() -> None:
    application = Slow()
    gate = Gate(application, at_once=2, waiting=3)
    asked = [asyncio.create_task(ask(gate)) for _ in range(5)]
    await asyncio.sleep(0)
    start, body = await ask(gate, "/api/v1/wishlists", origin="http://localhost:3000")
    headers = dict(start["headers"])
    assert (start["status"], headers[b"retry-after"]) == (503, b"2")
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"access-control-allow-origin"] == b"http://localhost:3000"
    assert orjson.loads(body["body"])["code"] == "too_busy"
    assert headers[b"x-request-id"]
    start, body = await ask(gate, accept="application/vnd.jsend+json")
    assert orjson.loads(body["body"])["status"] == "error"
    application.go.set()
    assert [answer[0]["status"] for answer in await asyncio.gather(*asked)] == [200] * 5
    assert application.most == 2
    assert (await ask(gate))[0]["status"] == 200


async def test_health_is_answered_at_all_times() -> None:
    application = Slow()
    gate = Gate(application, at_once=1, waiting=0)
    busy = asyncio.create_task(ask(gate))
    await asyncio.sleep(0)
    assert (await ask(gate))[0]["status"] == 503
    health = asyncio.create_task(ask(gate, "/health"))
    await asyncio.sleep(0)
    application.go.set()
    assert (await health)[0]["status"] == 200
    await busy

"""The gate: a number of requests run, a number wait, others get 503, and /health is always answered."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from wishlist_project import gate as gates
from wishlist_project.gate import Gate

pytestmark = pytest.mark.asyncio

Message = dict[str, Any]
PATIENCE = 10.0


class Slow:
    """An application that answers when `go` is set, and counts its concurrent requests."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.go = asyncio.Event()

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go.wait()
        self.now -= 1
        await send({"type": "http.response.start", "status": 200})


async def ask(gate: Gate, path: str = "/", method: str = "GET", **headers: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await gate({"type": "http", "method": method, "path": path, "headers": raw}, None, send)
    return sent


async def test_requests_beyond_the_limit_wait_and_beyond_the_queue_get_503() -> None:
    application = Slow()
    gate = Gate(application, at_once=2, waiting=3, beside={})
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


@pytest.mark.parametrize(("at_once", "writing"), [(2, 1), (8, 6), (12, 9)])
async def test_requests_that_write_leave_slots_for_those_that_read(at_once: int, writing: int) -> None:
    """All requests that write may be waiting for a lock."""
    writers, readers = Slow(), Slow()
    gate = Gate(by_method(writers, readers), at_once=at_once, waiting=20, beside={})
    stuck = [asyncio.create_task(ask(gate, method="POST")) for _ in range(20)]
    await asyncio.sleep(0)
    readers.go.set()
    answers = await asyncio.wait_for(asyncio.gather(*(ask(gate, method="GET") for _ in range(9))), PATIENCE)
    assert [answer[0]["status"] for answer in answers] == [200] * 9
    assert writers.now == writing
    writers.go.set()
    await asyncio.gather(*stuck)


async def test_control_writers_with_all_slots_keep_readers_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gates, "writers_of", lambda at_once: at_once)
    writers, readers = Slow(), Slow()
    gate = Gate(by_method(writers, readers), at_once=8, waiting=20, beside={})
    stuck = [asyncio.create_task(ask(gate, method="POST")) for _ in range(20)]
    await asyncio.sleep(0)
    readers.go.set()
    reading = asyncio.create_task(ask(gate, method="GET"))
    await asyncio.sleep(0.05)
    assert not reading.done()
    writers.go.set()
    await asyncio.gather(*stuck, reading)


def by_method(writers: Slow, readers: Slow) -> Any:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        await (readers if scope["method"] == "GET" else writers)(scope, receive, send)

    return application


async def test_health_is_always_answered() -> None:
    application, health = Slow(), Slow()
    gate = Gate(application, at_once=1, waiting=0, beside={"/health": health})
    busy = asyncio.create_task(ask(gate))
    await asyncio.sleep(0)
    assert (await ask(gate))[0]["status"] == 503
    health.go.set()
    for path in ("/health", "/health/"):
        assert (await asyncio.wait_for(ask(gate, path), PATIENCE))[0]["status"] == 200
    application.go.set()
    await busy

"""A send queue never waits for its socket, and never holds more than its bound."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from realtime.delivery import send_queue
from realtime.delivery.send_queue import SendQueue
from realtime.protocol import Close

pytestmark = pytest.mark.asyncio


class Server:
    """Takes frames while `open` is set, like a server whose `send` waits for the client."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.open = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        await self.open.wait()
        self.sent.append(message.get("text", message.get("code")))


async def test_frames_go_in_order_and_the_close_comes_last() -> None:
    server = Server()
    server.open.set()
    box = SendQueue(server.send)
    box.write("a")
    box.write("b")
    box.close(Close.GONE)
    box.write("too late")
    box.close(Close.TOO_MANY)
    await box.flush()
    assert server.sent == ["a", "b", 4410]


async def test_socket_that_takes_nothing_is_closed_at_the_bound() -> None:
    server = Server()
    box = SendQueue(server.send)
    for number in range(send_queue.FRAMES + 2):
        await asyncio.sleep(0)
        box.write(f"{number}")
    assert box.closed
    server.open.set()
    await box.flush()
    assert server.sent == ["0", 4430]


async def test_empty_queue_takes_a_frame_of_any_size() -> None:
    server = Server()
    box = SendQueue(server.send)
    box.write("x" * (send_queue.CHARACTERS + 1))
    assert not box.closed
    box.write("y")
    assert box.closed


async def test_lost_client_is_not_logged_as_an_error() -> None:
    async def send(message: dict[str, Any]) -> None:
        raise OSError("gone")

    box = SendQueue(send)
    box.write("a")
    await box.flush()
    box.drop()

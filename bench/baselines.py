"""Baseline servers for comparison: `websockets.broadcast` without a framework, and a raw asyncio server as the minimum.

Neither checks access, keeps a log, or supports resuming. Each line on stdin is a change; its text is sent to every socket.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sys
from collections.abc import Callable
from typing import Any

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SUBSCRIBED = '{"event":"subscribed"}'


async def on_lines(act: Callable[[str], None]) -> None:
    reader = asyncio.StreamReader(limit=1_048_576)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        act(line.decode().rstrip("\n"))


async def with_websockets(port: int) -> None:
    connections: set[ServerConnection] = set()

    async def handle(connection: ServerConnection) -> None:
        connections.add(connection)
        await connection.send(SUBSCRIBED)
        await connection.wait_closed()

    async with serve(handle, "127.0.0.1", port, compression=None, backlog=1_024):
        print("ready", flush=True)
        await on_lines(lambda text: broadcast(connections, text))


class Raw(asyncio.Protocol):
    transports: set[Any] = set()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"GET"):
            return
        key = data.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())  # noqa: S324 - required by RFC 6455
        head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.transport.write(head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + framed(SUBSCRIBED))
        self.transports.add(self.transport)

    def connection_lost(self, _: Exception | None) -> None:
        self.transports.discard(self.transport)


def framed(text: str) -> bytes:
    payload = text.encode()
    size = len(payload)
    return (bytes([0x81, size]) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")) + payload


def write_to_all(text: str) -> None:
    frame = framed(text)
    for transport in Raw.transports:
        transport.write(frame)


async def raw(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Raw, "127.0.0.1", port, backlog=1_024)
    async with server:
        print("ready", flush=True)
        await on_lines(write_to_all)


if __name__ == "__main__":
    _, name, port = sys.argv
    if name == "raw":
        uvloop.run(raw(int(port)))
    elif name == "websockets-uvloop":
        uvloop.run(with_websockets(int(port)))
    else:
        asyncio.run(with_websockets(int(port)))

"""A WebSocket client on raw bytes: cheap enough for a thousand at once, and able to send what no proper client would."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable, Iterator

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

_KEY = base64.b64encode(bytes(16)).decode()
CLOSED_BY_NOBODY = 1006


def handshake(port: int, path: str = "/api/v1/ws") -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked(payload: bytes, first: int = 0x80 | TEXT, *, mask: bool = True) -> bytes:
    """Return one frame of a client. `first` is the byte with its flags and kind."""
    size, bit = len(payload), 0x80 if mask else 0
    if size < 126:
        head = struct.pack("!BB", first, bit | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    whole = int.from_bytes(payload, "big") ^ int.from_bytes((key * (size // 4 + 1))[:size], "big")
    return head + key + whole.to_bytes(size, "big")


class Frames:
    """Splits incoming bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Return the kind and payload of each frame that is now complete."""
        buffer, at = self._buffer, 0
        buffer += data
        while len(buffer) - at >= 2:
            start, size = at + 2, buffer[at + 1] & 0x7F
            if size == 126:
                start, size = at + 4, int.from_bytes(buffer[at + 2 : at + 4], "big")
            elif size == 127:
                start, size = at + 10, int.from_bytes(buffer[at + 2 : at + 10], "big")
            if len(buffer) < start + size:
                break
            kind = buffer[at] & 0x0F
            at = start + size
            yield kind, bytes(buffer[start:at])
        del buffer[:at]


class Raw:
    """One open connection. `next` raises EOFError after the server has ended it, and `code` is the close code."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._frames, self._ready = Frames(), list[tuple[int, bytes]]()
        self.code: int | None = None
        self.pings = 0

    @classmethod
    async def open(cls, port: int) -> Raw:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(handshake(port))
        answer = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in answer, answer
        return cls(reader, writer)

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def next(self, answer: Callable[[bytes], None] | None = None) -> bytes:
        """Return the next text. `answer` gets the payloads of pings before it."""
        while True:
            while self._ready:
                kind, payload = self._ready.pop(0)
                if kind == TEXT:
                    return payload
                if kind == PING:
                    self.pings += 1
                    if answer is not None:
                        answer(payload)
                if kind == CLOSE:
                    self.code = int.from_bytes(payload[:2], "big") if payload else 1005
                    raise EOFError
            try:
                data = await self._reader.read(65_536)
            except ConnectionError:
                data = b""
            if not data:
                self.code = self.code or CLOSED_BY_NOBODY
                raise EOFError
            self._ready.extend(self._frames.feed(data))

    def close(self) -> None:
        self._writer.transport.abort()

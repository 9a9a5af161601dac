"""A WebSocket client for tests: JSON in, JSON out, without any module of the server."""

from __future__ import annotations

import json
import socket
import ssl
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

Frame = dict[str, Any]

SECONDS = 60.0
"""How long to wait for something that must arrive. It is long, so that results do not depend on the machine's load."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP clients of servers without TLS. By default each loads all certificate authorities, which takes 25 ms of CPU."""

RECEIVED_BYTES = 64 * 1024
BACKGROUND = {"ping", "head"}
"""Events that are sent periodically, between any others."""


def narrow_socket(port: int) -> socket.socket:
    """Return a connected socket with a small receive buffer, so that unread data soon stays with the server.

    By default the kernel lets the buffer of a client that does not read grow, on loopback up to 32 MB: more than a server
    queues before it cuts the client off. A buffer size that is set before connecting stays.
    """
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
    narrow.connect(("127.0.0.1", port))
    return narrow


def kernel_keeps() -> int:
    """Return how many bytes the server's kernel may buffer for a client that does not read."""
    try:
        return int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])
    except FileNotFoundError:  # not Linux
        return 8 * 1024 * 1024


class SocketClient:
    """A WebSocket. `next()` returns the next frame that is not in BACKGROUND; `closed()` the close code of the server.

    Use `narrow` for a client that does not read (`narrow_socket`).
    """

    def __init__(self, url: str, *, narrow: bool = False, **options: Any) -> None:
        self._stack = ExitStack()
        if narrow:
            options |= {"sock": narrow_socket(urlsplit(url).port or 80), "max_queue": 1}
        # No ping timeout, because a busy machine may delay pings.
        patient = {"open_timeout": SECONDS, "ping_timeout": None, "proxy": None}
        self.socket = self._stack.enter_context(connect(url, **patient | options))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def send(self, event: str, **values: Any) -> None:
        self.socket.send(json.dumps({"event": event} | values, default=str))

    def ask(self, event: str, **values: Any) -> Frame:
        """Send, and return the next frame as the answer."""
        self.send(event, **values)
        return self.next()

    def next(self, *, seconds: float = SECONDS) -> Frame:
        while True:
            frame: Frame = json.loads(self.socket.recv(timeout=seconds))
            if frame["event"] not in BACKGROUND:
                return frame

    def until(self, event: str) -> list[Frame]:
        """Return all frames up to the first one with that name."""
        frames = [self.next()]
        while frames[-1]["event"] != event:
            frames.append(self.next())
        return frames

    def is_silent(self) -> bool:
        """Return whether no frame arrives before the answer to our ping."""
        return bool(self.ask("ping")["event"] == "pong")

    def closed(self) -> int | None:
        """Return the close code. Frames before it are dropped."""
        try:
            while True:
                self.socket.recv(timeout=SECONDS)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def send_text(self, text: str) -> None:
        """Send any text. Does nothing if the server has closed the socket."""
        with suppress(ConnectionClosed):
            self.socket.send(text)

    def closed_or_open(self) -> int | None:
        """Return the close code, or None while the server still answers."""
        try:
            self.until_pong()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        return None

    def until_pong(self) -> list[Frame]:
        self.send("ping")
        return self.until("pong")

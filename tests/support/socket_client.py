"""A socket as a client sees it: JSON in, JSON out, and nothing of the server's own modules."""

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
"""How long something is waited for that must come: a verdict is not to depend on how busy the machine is."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP clients of servers without TLS: left alone, each reads all the world's authorities, 25 ms of processor."""

RECEIVED_BYTES = 64 * 1024
BACKGROUND = {"ping", "head"}
"""Come by the clock, between anything."""


def narrow_socket(port: int) -> socket.socket:
    """Connected, and what is not read from it soon stays with the server.

    Left alone, the kernel lets the buffer of one who does not read grow, on loopback to 32 MB: more than any server
    has to keep before it cuts the reader off. A buffer whose size was said before connecting stays as it is.
    """
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
    narrow.connect(("127.0.0.1", port))
    return narrow


def kernel_keeps() -> int:
    """Bytes that the server's kernel may take for a connection from which nobody reads."""
    try:
        return int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])
    except FileNotFoundError:  # not Linux
        return 8 * 1024 * 1024


class SocketClient:
    """`next()` is the next frame that is not background; `closed()` the code with which the server ended it.

    `narrow`: for one who shall not read (`narrow_socket`).
    """

    def __init__(self, url: str, *, narrow: bool = False, **options: Any) -> None:
        self._stack = ExitStack()
        if narrow:
            options |= {"sock": narrow_socket(urlsplit(url).port or 80), "max_queue": 1}
        # A busy machine may keep the protocol's own pings waiting; what the server says counts, not when.
        patient = {"open_timeout": SECONDS, "ping_timeout": None, "proxy": None}
        self.socket = self._stack.enter_context(connect(url, **patient | options))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def send(self, event: str, **values: Any) -> None:
        self.socket.send(json.dumps({"event": event} | values, default=str))

    def ask(self, event: str, **values: Any) -> Frame:
        """Send, and take the next frame for the answer."""
        self.send(event, **values)
        return self.next()

    def next(self, *, seconds: float = SECONDS) -> Frame:
        while True:
            frame: Frame = json.loads(self.socket.recv(timeout=seconds))
            if frame["event"] not in BACKGROUND:
                return frame

    def until(self, event: str) -> list[Frame]:
        """All frames up to the first one of that name."""
        frames = [self.next()]
        while frames[-1]["event"] != event:
            frames.append(self.next())
        return frames

    def is_silent(self) -> bool:
        """Nothing was on its way before our own question is answered."""
        return bool(self.ask("ping")["event"] == "pong")

    def closed(self) -> int | None:
        """The close code; frames before it are dropped."""
        try:
            while True:
                self.socket.recv(timeout=SECONDS)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def send_text(self, text: str) -> None:
        """Whatever it is; into the void, if the server has had enough."""
        with suppress(ConnectionClosed):
            self.socket.send(text)

    def closed_or_open(self) -> int | None:
        """The close code, or None while the server still answers."""
        try:
            self.until_pong()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        return None

    def until_pong(self) -> list[Frame]:
        self.send("ping")
        return self.until("pong")

"""Attacking clients that send raw bytes, and another client that watches `/health` meanwhile."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.support.socket_client import SECONDS

SLOWEST_HEALTH = 3.0
"""Seconds. The guarantee is 0.5 on a quiet machine (`make nemesis` reports the figures); before the limits it was 13 to 21."""

ATTACKER, OTHERS = "127.0.0.2", "127.0.0.1"


@dataclass
class Answer:
    """An answer, up to the end of the connection. `status` is 0 if it could not be read."""

    status: int
    headers: dict[str, str]
    body: bytes
    ended: bool
    """Whether the server has closed the connection."""

    @property
    def code(self) -> Any:
        return json.loads(self.body)["code"]


@dataclass
class Health:
    """The answers that another client got meanwhile."""

    slowest: float = 0.0
    statuses: list[int] = field(default_factory=list)

    def is_fine(self, seconds: float = SLOWEST_HEALTH) -> bool:
        return set(self.statuses) == {200} and self.slowest <= seconds


def connected(port: int, address: str = ATTACKER) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), SECONDS, source_address=(address, 0))


def exchanged(port: int, data: bytes, address: str = ATTACKER) -> Answer:
    """Send everything, even if the server does not read it, and then read the answer."""
    with connected(port, address) as one:
        with suppress(ConnectionError):
            one.sendall(data)
        return answer_of(one)


def answer_of(one: socket.socket, seconds: float = SECONDS) -> Answer:
    """Read an answer up to the end of the connection."""
    one.settimeout(seconds)
    received, ended = b"", True
    try:
        while data := one.recv(65_536):
            received += data
    except TimeoutError:
        ended = False
    except ConnectionError:
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split()[1]) if first else 0, headers, body, ended)


@contextmanager
def others_watched(port: int) -> Iterator[Health]:
    """Request `/health` repeatedly from another address."""
    health, enough = Health(), threading.Event()

    def watch() -> None:
        while not enough.wait(0.05):
            began = time.monotonic()
            health.statuses.append(_status_of_health(port))
            health.slowest = max(health.slowest, time.monotonic() - began)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield health
    finally:
        deadline = time.monotonic() + SECONDS
        while len(health.statuses) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        enough.set()
        watcher.join(SECONDS)


def _status_of_health(port: int) -> int:
    with suppress(OSError):
        return exchanged(
            port, b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", OTHERS
        ).status
    return 0


def posted(kind: str, body: bytes, *, path: str = "/api/v1/auth/login", chunk: int = 0) -> bytes:
    """Return a request with this body. With `chunk` it declares no length and has chunks of so many bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
    if not chunk:
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    pieces = (body[at : at + chunk] for at in range(0, len(body), chunk))
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks + b"0\r\n\r\n"


def asked(*headers: str, path: str = "/api/v1/wishlists") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")

"""A load generator: many sockets in one process, as cheap as possible in Python: raw epoll, no library, no decoding.

`contestants.py` starts it and exchanges JSON lines with it. It does not import Django. A message costs it about 5 µs, so
that the server is measured and not the client.
"""

from __future__ import annotations

import json
import resource
import select
import socket
import sys
import time
from typing import Any

AT_ONCE = 50
MARK = b"item_updated"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"


class Clients:
    """`number` sockets, distributed over the `paths`."""

    def __init__(self, port: int, paths: list[str], number: int, *, deflate: bool = False) -> None:
        self.epoll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.rest: dict[int, bytes] = {}
        self.expected = self.received = 0
        self.first = self.last = 0
        self.nap = 0.0
        for start in range(0, number, AT_ONCE):
            some = range(start, min(number, start + AT_ONCE))
            self._open(port, [paths[one % len(paths)] for one in some], deflate)
            self._turn(0)

    def _open(self, port: int, paths: list[str], deflate: bool) -> None:
        opened = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in paths]
        for one, path in zip(opened, paths, strict=True):
            one.sendall(handshake(port, path, DEFLATE if deflate else ""))
        for one in opened:
            heard = b""
            while b'"subscribed"' not in heard:
                heard += (got := one.recv(4_096))
                if not got:
                    raise ConnectionError(heard)
            if b"permessage-deflate" in heard.lower():
                raise ConnectionError("compression was negotiated, and is not measured here")
            one.setblocking(False)
            self.sockets[one.fileno()] = one
            self.epoll.register(one, select.EPOLLIN)

    def run(self) -> None:
        self.epoll.register(sys.stdin.fileno(), select.EPOLLIN)
        while True:
            self._turn(None)
            if self.received < self.expected:
                time.sleep(self.nap)

    def _turn(self, seconds: float | None) -> None:
        """Read what has arrived, and answer pings."""
        for fileno, _ in self.epoll.poll(seconds):
            if fileno == sys.stdin.fileno():
                if not (line := sys.stdin.readline()):
                    sys.exit()
                self._obey(json.loads(line))
                continue
            data = self.sockets[fileno].recv(1_048_576)
            if not data:
                raise ConnectionError("the server closed a socket")
            self._take(fileno, data)

    def _take(self, fileno: int, data: bytes) -> None:
        if fileno in self.rest:
            data = self.rest.pop(fileno) + data
        at, size, changes = 0, len(data), 0
        while at + 2 <= size:
            start, length = at + 2, data[at + 1]
            if length == 126:
                start, length = at + 4, data[at + 2] << 8 | data[at + 3] if at + 4 <= size else size
            elif length == 127:
                start, length = at + 10, int.from_bytes(data[at + 2 : at + 10], "big")
            if start + length > size:
                break
            if data[at] != 0x81:
                self._answer(fileno, data[at], data[start : start + length])
            elif data.find(MARK, start, start + 48) >= 0:
                changes += 1
            at = start + length
        if at < size:
            self.rest[fileno] = data[at:]
        if changes:
            self._count(changes, data, at)

    def _answer(self, fileno: int, kind: int, payload: bytes) -> None:
        """Answer a ping with a pong. Raises ConnectionError on a close, which is not expected."""
        if kind == 0x88:
            raise ConnectionError(f"closed with {int.from_bytes(payload[:2], 'big')}")
        if kind == 0x89:
            self.sockets[fileno].send(b"\x8a" + bytes([0x80 | len(payload)]) + bytes(4) + payload)

    def _count(self, changes: int, _data: bytes, _end: int) -> None:
        """Count the changes in the complete frames before `_end`."""
        self.last = time.monotonic_ns()
        if not self.received:
            self.first = self.last
        self.received += changes
        if self.received == self.expected:
            self._report()

    def _report(self, **more: bool) -> None:
        times = {"first": self.first, "last": self.last, "cpu": cpu(), **more}
        tell({"received": self.received, "expected": self.expected} | times)

    def _obey(self, command: dict[str, Any]) -> None:
        if "report" in command:
            self._report(asked=True)
            self.expected = 0
            return
        self.received, self.expected, self.nap = 0, command["each"] * len(self.sockets), command["nap"]
        tell({"armed": self.expected, "at": time.monotonic_ns(), "cpu": cpu()})


def handshake(port: int, path: str, more: str = "") -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"{more}Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    _, port, path, number, deflate = sys.argv
    clients = Clients(int(port), [path], int(number), deflate=deflate == "deflate")
    tell({"open": len(clients.sockets)})
    clients.run()

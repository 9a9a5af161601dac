"""A load generator: many HTTP connections in one process, as cheap as possible in Python: raw epoll, no library, no Django.

`http_load.py` starts it and exchanges JSON lines with it. A request costs it some 30 µs, so that the server is measured and
not the client. A connection stays open and has at most one request in progress, as in a browser.
"""

from __future__ import annotations

import json
import resource
import select
import socket
import sys
import time
from collections import Counter, deque
from typing import Any

PATIENCE_SECONDS = 60.0


class Connection:
    """Sends one request at a time, and knows when its answer is complete."""

    def __init__(self, port: int) -> None:
        self.number, self.due = -1, 0.0
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._heard = bytearray()

    def send(self, number: int, request: bytes, due: float) -> None:
        self.number, self.due = number, due
        self.socket.sendall(request)

    def hear(self) -> int:
        """Return the status when the answer is complete, until then 0."""
        data = self.socket.recv(1_048_576)
        if not data:
            raise ConnectionError("the server closed a connection")
        self._heard += data
        head, end, body = self._heard.partition(b"\r\n\r\n")
        if not end or not _is_whole(head.lower(), body):
            return 0
        self._heard = bytearray()
        return int(head[9:12])


def _is_whole(head: bytearray, body: bytearray) -> bool:
    if bytes(head[9:12]) in (b"304", b"204"):
        return True
    _, named, value = head.partition(b"content-length:")
    if named:
        return len(body) >= int(value.split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n")


class Load:
    """Connections, and the results of their requests."""

    def __init__(self, port: int, number: int) -> None:
        self._port, self._number = port, number

    def _connect(self) -> None:
        """Open new connections for each run, because servers close connections that are idle for some seconds."""
        self.epoll = select.epoll()
        self.connections = {}
        for _ in range(self._number):
            one = Connection(self._port)
            self.connections[one.socket.fileno()] = one
            self.epoll.register(one.socket, select.EPOLLIN)

    def _close(self) -> None:
        self.epoll.close()
        for one in self.connections.values():
            one.socket.close()

    def run(self, requests: list[bytes], rate: float) -> dict[str, Any]:
        """Send all requests, at `rate` per second, or (0) as soon as a connection is free. Return the results.

        With a rate, the time until a connection is free counts too.
        """
        self._connect()
        self.took, self.acknowledged, self.statuses = [], [0] * len(requests), Counter[int]()
        waiting, free = deque(enumerate(requests)), list(self.connections.values())
        used, began = cpu(), time.monotonic()
        while len(self.took) < len(requests):
            now = time.monotonic()
            while waiting and free and (due := _due(began, waiting[0][0], rate, now)) <= now:
                free.pop().send(*waiting.popleft(), due)
            pause = _due(began, waiting[0][0], rate, now) - now if waiting and free else PATIENCE_SECONDS
            free += self._turn(pause)
        wall = time.monotonic() - began
        self._close()
        return {
            "took_ms": self.took,
            "acknowledged": self.acknowledged,
            "statuses": dict(self.statuses),
            "seconds": wall,
            "cpu": cpu() - used,
        }

    def _turn(self, seconds: float) -> list[Connection]:
        """Read answers, and return the connections whose answer is complete."""
        done = []
        for fileno, _ in self.epoll.poll(max(0.0, seconds)):
            one = self.connections[fileno]
            if not (status := one.hear()):
                continue
            self.acknowledged[one.number] = time.monotonic_ns()
            self.took.append((time.monotonic() - one.due) * 1e3)
            self.statuses[status] += 1
            done.append(one)
        return done

    epoll: select.epoll
    connections: dict[int, Connection]
    took: list[float]
    acknowledged: list[int]
    statuses: Counter[int]


def _due(began: float, number: int, rate: float, now: float) -> float:
    return began + number / rate if rate else now


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    load = Load(int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        texts = [one.encode("latin-1") for one in asked["requests"]]
        print(json.dumps(load.run(texts, asked["rate"])), flush=True)

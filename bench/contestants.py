"""A contestant: a server with connected clients, which is measured from outside."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import servers
from bench.process import Process
from bench.servers import Kind

ROUND_SECONDS = 30.0
NAP_SECONDS = 0.0005
"""Pause of the clients between reads. If they woke at each message, waking them would cost the server time."""


@dataclass
class Round:
    """The result of a round: times in ms after the commit, CPU in seconds."""

    first: float
    last: float
    messages: int
    lost: int
    server_cpu: float
    client_cpu: float
    wall: float


@dataclass
class Contestant:
    """A started server of a kind. Call `connect` to open its sockets."""

    kind: Kind
    folder: Path
    env: Mapping[str, str]
    clients: list[Process] = field(default_factory=list)
    memory_a_socket: float = 0.0

    def __post_init__(self) -> None:
        self._stack = ExitStack()
        log = self.folder / f"{self.kind.name}.log"
        self._own = dict(self.env) | dict(self.kind.env or {})
        server = servers.start(self.kind, self.env, log)
        self._stack.callback(server.process.stop)
        self.server, self.port = server.process, server.port
        if self.kind.is_ours:
            self.writer = self.child("bench/writer.py")
            self.made = self.writer.read()
        server.wait(self.kind)

    def child(self, *arguments: object) -> Process:
        """Start another process for this contestant, which is stopped with it."""
        child = Process(*arguments, env=self._own, log=self.folder / f"{self.kind.name}.log")
        self._stack.callback(child.stop)
        return child

    def connect(self, number: int) -> None:
        """Open `number` sockets in total, and measure their memory by the growth of the server."""
        path = f"/ws?public_token={self.made['token']}" if self.kind.is_ours else "/ws"
        deflate = "deflate" if self.kind.deflate else "plain"
        before = self.server.resident
        self.clients = [
            self.child("bench/clients.py", self.port, path, number // self.kind.clients, deflate)
            for _ in range(self.kind.clients)
        ]
        for client in self.clients:
            client.read()
        self.memory_a_socket = (self.server.resident - before) / number

    def round(self, times: int, frame: str, *, together: bool = False, nap: float = NAP_SECONDS) -> Round:
        """Make `times` changes, in one transaction or in one each, and wait until every client has all of them."""
        armed = [client.ask(each=times, nap=nap) for client in self.clients]
        cpu = self.server.cpu
        committed = self._change(times, frame, together)
        done = [result_of(client) for client in self.clients]
        last = max(one["last"] for one in done)
        return Round(
            first=(min(one["first"] for one in done) - committed) / 1e6,
            last=(last - committed) / 1e6,
            messages=sum(one["received"] for one in done),
            lost=sum(one["expected"] - one["received"] for one in done),
            server_cpu=self.server.cpu - cpu,
            client_cpu=sum(one["cpu"] - was["cpu"] for one, was in zip(done, armed, strict=True)),
            wall=(last - min(was["at"] for was in armed)) / 1e9,
        )

    def _change(self, times: int, frame: str, together: bool) -> int:
        if self.kind.is_ours:
            return int(self.writer.ask(times=times, together=together)["committed"])
        began = time.monotonic_ns()
        for _ in range(times):
            self.server.write(frame)
        return began

    def stop(self) -> None:
        self._stack.close()


def result_of(client: Process) -> dict[str, Any]:
    """Return the client's report when it has everything, or after ROUND_SECONDS what it has."""
    if client.answers(ROUND_SECONDS):
        return client.read()
    answer = client.ask(report=True)
    while "asked" not in answer:
        answer = client.read()
    return answer

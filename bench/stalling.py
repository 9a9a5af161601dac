"""Measure how HTTP requests delay the sockets of the same process: fan-outs to N sockets during log-ins and reads of lists."""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.contestants import Contestant
from bench.servers import kind_called

AT_ONCE = 4
PAUSE_SECONDS = 0.03

Row = dict[str, Any]


class Crowd:
    """`AT_ONCE` clients that call `act` in a loop, each with its own connection."""

    def __init__(self, act: Callable[[HTTPConnection, int], None], port: int) -> None:
        self.done = 0
        self._act, self._port = act, port
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(AT_ONCE)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._over.is_set():
            self._act(connection, number)
            self.done += 1


def measure(folder: Path, env: Mapping[str, str], *, sockets: int, seconds: float) -> list[Row]:
    rows = []
    for name in ("uvicorn", "daphne"):
        one = Contestant(kind_called(name), folder, env)
        try:
            people = one.writer.ask(scene="crowd", people=AT_ONCE, items=100)
            one.connect(sockets)
            rows += _rows(one, people, sockets, seconds)
        finally:
            one.stop()
    return rows


def _rows(one: Contestant, people: Mapping[str, Any], sockets: int, seconds: float) -> list[Row]:
    def log_in(connection: HTTPConnection, number: int) -> None:
        body = {"email": people["emails"][number], "password": people["password"]}
        _send(connection, "POST", "/api/v1/auth/login", body)

    def read(connection: HTTPConnection, _: int) -> None:
        _send(connection, "GET", f"/api/v1/public/wishlists?token={people['token']}")

    _fan_outs(one, 1.0)
    rows = [{"server": one.kind.name, "sockets": sockets, "beside": "nothing", **_fan_outs(one, seconds)}]
    for beside, act in (("4 log-ins at once", log_in), ("4 readings at once", read)):
        with Crowd(act, one.port) as crowd:
            row = {"server": one.kind.name, "sockets": sockets, "beside": beside, **_fan_outs(one, seconds)}
        rows.append(row | {"requests_a_second": round(crowd.done / seconds, 1)})
    return rows


def _fan_outs(one: Contestant, seconds: float) -> Row:
    last: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        last.append(one.round(1, "").last)
        time.sleep(PAUSE_SECONDS)
    return {
        "fan_outs": len(last),
        "last_ms": round(statistics.median(last), 1),
        "last_ms_worst": round(max(last), 1),
    }


def _send(connection: HTTPConnection, method: str, path: str, body: Any = None) -> None:
    connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]!r}")

"""Send HTTP requests from a separate process, and collect the results."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.contestants import Contestant

AT_ONCE = 32


@dataclass(frozen=True)
class Outcome:
    """The result of requests. Times are in ms, each from when the request was due until its answer was complete."""

    took: list[float]
    acknowledged: list[int]
    statuses: dict[str, int]
    seconds: float
    server_cpu: float
    client_cpu: float

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    @property
    def p99(self) -> float:
        return percentile(self.took, 99)

    def ensure(self, status: int) -> Outcome:
        if set(self.statuses) != {str(status)}:
            raise RuntimeError(f"not every answer was {status}: {self.statuses}")
        return self


class Requests:
    """A load of `at_once` connections to a contestant."""

    def __init__(self, one: Contestant, at_once: int = AT_ONCE) -> None:
        self._one = one
        self._load = one.child("bench/http_clients.py", one.port, at_once)
        self._load.read()

    def send(self, requests: Sequence[str], rate: float = 0.0) -> Outcome:
        """Send all requests, at `rate` per second, or (0) as fast as answers come."""
        before = self._one.server.cpu
        self.begin(requests, rate)
        return self.end(before)

    def begin(self, requests: Sequence[str], rate: float = 0.0) -> None:
        self._load.write(json.dumps({"requests": list(requests), "rate": rate}))

    def end(self, cpu_before: float = 0.0) -> Outcome:
        answer = self._load.read()
        return Outcome(
            took=answer["took_ms"],
            acknowledged=answer["acknowledged"],
            statuses=answer["statuses"],
            seconds=answer["seconds"],
            server_cpu=self._one.server.cpu - cpu_before,
            client_cpu=answer["cpu"],
        )


def request(method: str, path: str, token: str = "", body: Any = None, more: str = "") -> str:
    """Return the text of an HTTP request."""
    text = json.dumps(body) if body is not None else ""
    headers = f"Authorization: Bearer {token}\r\n" if token else ""
    if text:
        headers += f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{more}\r\n{text}"


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else values[0]

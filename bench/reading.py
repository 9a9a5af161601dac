"""Measure reading a list of 100 items over REST, 32 at once, compared with a plain view on the same server and database."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.contestants import Contestant
from bench.http_load import Outcome, Requests, request
from bench.servers import HTTP

ITEMS = 100

Row = dict[str, Any]
Case = tuple[str, Requests, str, int]


def measure(folder: Path, env: Mapping[str, str], *, rounds: int, requests: int) -> list[Row]:
    """Return a row for each server and request, with medians over the rounds, which are interleaved."""
    with ExitStack() as stack:
        started = []
        for kind in HTTP:
            started.append(one := Contestant(kind, folder, env))
            stack.callback(one.stop)
        made = started[0].writer.ask(scene="giving", givers=1, items=ITEMS)
        cases = [case for one in started for case in _cases(one, made)]
        done: dict[str, list[Outcome]] = {name: [] for name, *_ in cases}
        for number in range(rounds + 1):
            for name, load, text, status in random.sample(cases, len(cases)):
                outcome = load.send([text] * (requests if number else requests // 4)).ensure(status)
                if number:  # the first round only warms up
                    done[name].append(outcome)
    return [row_of(name, outcomes) for name, outcomes in done.items()]


def _cases(one: Contestant, made: Mapping[str, Any]) -> list[Case]:
    """Return the requests: read the whole list, and if the answer has an ETag, a conditional request."""
    path, token, load = f"/api/v1/wishlists/{made['wishlist_id']}/items", made["givers"][0], Requests(one)
    tag = _tag(one.port, path, token)
    cases = [(one.kind.name, load, request("GET", path, token), 200)]
    if tag:
        unchanged = request("GET", path, token, more=f"If-None-Match: {tag}\r\n")
        cases.append((f"{one.kind.name}, unchanged", load, unchanged, 304))
    return cases


def _tag(port: int, path: str, token: str) -> str | None:
    """Return the ETag of the list, after a check that the answer is complete."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or body.count(b'"reserved_by_name"') != ITEMS:
        raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
    return answer.headers["ETag"]


def row_of(name: str, outcomes: Sequence[Outcome]) -> Row:
    def median(values: list[float]) -> float:
        return round(statistics.median(values), 1)

    return {
        "server": name,
        "requests_a_second": median([one.rate for one in outcomes]),
        "median_ms": median([statistics.median(one.took) for one in outcomes]),
        "p99_ms": median([one.p99 for one in outcomes]),
        "server_cpu_us": round(statistics.median(one.server_cpu / len(one.took) * 1e6 for one in outcomes)),
        "client_cpu_us": round(statistics.median(one.client_cpu / len(one.took) * 1e6 for one in outcomes)),
        "requests": sum(len(one.took) for one in outcomes),
    }

"""Measure many lists at once: 50 writes a second over HTTP, and the time from each answer to the list's last socket."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.contestants import Contestant
from bench.http_load import Requests, percentile, request
from bench.process import Process
from bench.servers import DAPHNE, UVICORN, Kind

LISTS, RATE = 50, 50
SETTLE_SECONDS = 20.0
KINDS = [Kind("uvicorn", UVICORN), Kind("daphne", DAPHNE)]

Row = dict[str, Any]


def measure(folder: Path, env: Mapping[str, str], *, sockets: int, seconds: int) -> list[Row]:
    rows = []
    for kind in KINDS:
        one = Contestant(kind, folder, env)
        try:
            rows.append(_row(one, sockets, seconds))
        finally:
            one.stop()
    return rows


def _row(one: Contestant, sockets: int, seconds: int) -> Row:
    lists = one.writer.ask(scene="lists", number=LISTS)["lists"]
    paths = [f"/ws?public_token={made['token']}" for made in lists]
    watchers = one.child("bench/watchers.py", one.port, json.dumps(paths), sockets)
    watchers.read()
    load = Requests(one)
    load.send(_writes(lists, range(RATE)), RATE).ensure(200)  # only warms up
    numbers = range(RATE, RATE * (1 + seconds))
    outcome = load.send(_writes(lists, numbers), RATE).ensure(200)
    seen = _seen(watchers, RATE * (1 + seconds), sockets // LISTS)
    after = [
        (last - done) / 1e6
        for (_, last), done in zip((seen[number] for number in numbers), outcome.acknowledged, strict=True)
    ]
    return {
        "server": one.kind.name,
        "sockets": sockets,
        "lists": LISTS,
        "writes": len(after),
        "writes_a_second": round(outcome.rate, 1),
        "answered_p99_ms": round(outcome.p99, 1),
        "seen_median_ms": round(statistics.median(after), 1),
        "seen_p99_ms": round(percentile(after, 99), 1),
        "seen_worst_ms": round(max(after), 1),
        "lost": sum(sockets // LISTS - seen[number][0] for number in numbers),
    }


def _writes(lists: list[Any], numbers: range) -> list[str]:
    texts = []
    for number in numbers:
        made = lists[number % len(lists)]
        body = {"title": f"change {number}"}
        texts.append(request("PATCH", f"/api/v1/items/{made['items'][0]}", made["owner"], body))
    return texts


def _seen(watchers: Process, changes: int, each: int) -> dict[int, tuple[int, int]]:
    """Return for each change how many sockets saw it, and when the last did. Waits for all, up to SETTLE_SECONDS."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        answer = watchers.ask(report=True)["seen"]
        seen = {number: tuple(answer.get(str(number), (0, 0))) for number in range(changes)}
        if all(times >= each for times, _ in seen.values()) or time.monotonic() > deadline:
            return seen
        time.sleep(0.2)

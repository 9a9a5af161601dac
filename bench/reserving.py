"""Measure reservations over REST: 32 requests at once, each by another person or for another item of a list of 100.

Each answer must be 200, and afterwards as many units must be reserved as there were requests.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.contestants import Contestant
from bench.http_load import AT_ONCE, Outcome, Requests, request
from bench.reading import row_of
from bench.servers import DAPHNE, UVICORN, Kind

ITEMS = 100
KINDS = [Kind("uvicorn", UVICORN), Kind("daphne", DAPHNE)]

Row = dict[str, Any]


def measure(folder: Path, env: Mapping[str, str], *, rounds: int, requests: int) -> list[Row]:
    """Return a row for each server, with medians over the rounds, which are interleaved and each use a new list."""
    with ExitStack() as stack:
        started = []
        for kind in KINDS:
            one = Contestant(kind, folder, env)
            stack.callback(one.stop)
            started.append((one, Requests(one)))
        done: dict[str, list[Outcome]] = {one.kind.name: [] for one, _ in started}
        for number in range(rounds + 1):
            for one, load in random.sample(started, len(started)):
                outcome = _reserve(one, load, requests if number else requests // 4)
                if number:  # the first round only warms up
                    done[one.kind.name].append(outcome)
    return [row_of(name, outcomes) for name, outcomes in done.items()]


def measure_alone(folder: Path, env: Mapping[str, str], *, rounds: int, requests: int) -> list[Row]:
    """Measure one server at a time: on SQLite, several would compete for the write lock."""
    rows = []
    for kind in KINDS:
        one = Contestant(kind, folder, env)
        try:
            load = Requests(one)
            _reserve(one, load, requests // 4)
            rows.append(row_of(kind.name, [_reserve(one, load, requests) for _ in range(rounds)]))
        finally:
            one.stop()
    return rows


def _reserve(one: Contestant, load: Requests, requests: int) -> Outcome:
    made = one.writer.ask(scene="giving", givers=AT_ONCE, items=ITEMS)
    pairs = [(giver, item) for giver in made["givers"] for item in made["items"]]
    body = {"reservation_status": "reserved"}
    texts = [
        request("PATCH", f"/api/v1/items/{item}", giver, body)
        for giver, item in random.sample(pairs, requests)
    ]
    outcome = load.send(texts).ensure(200)
    reserved = one.writer.ask(scene="taken", wishlist_id=made["wishlist_id"])["units"]
    if reserved != requests:
        raise RuntimeError(f"{reserved} units are promised after {requests} reservations of one each")
    return outcome

"""Measure giving over REST: reservations and releases, 16 at once, on one list and spread over forty.

All requests of one list wait for its lock, so there the time that it is held is the rate. Forty lists show what a request
costs. The plain view (plain.py) does the same with three statements and nothing around them.

Each answer must be 200. Afterwards as many units must be reserved as there were reservations, and after the releases none.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.contestants import Contestant
from bench.http_load import Outcome, Requests, request
from bench.reading import row_of
from bench.servers import DAPHNE, PLAIN, UVICORN, Kind

AT_ONCE = 16
KINDS = [
    Kind("plain-uvicorn", UVICORN | PLAIN),
    Kind("uvicorn", UVICORN),
    Kind("plain-daphne", DAPHNE | PLAIN),
    Kind("daphne", DAPHNE),
]
SCENES = {"one list": (1, 100), "forty lists": (40, 10)}
"""The number of lists, and of items on each."""
STATUSES = {"reserve": "reserved", "release": "available"}

Row = dict[str, Any]
Done = dict[tuple[str, str, str], list[Outcome]]


def measure(folder: Path, env: Mapping[str, str], *, rounds: int, requests: int) -> list[Row]:
    """Return a row for each server, scene and verb, with medians over the rounds, which are interleaved and each use new
    lists.
    """
    with ExitStack() as stack:
        started = [_start(kind, folder, env, stack) for kind in KINDS]
        done = _new_results()
        for number in range(rounds + 1):
            for scene in SCENES:
                for one, load in random.sample(started, len(started)):
                    found = _give(one, load, scene, requests if number else requests // 4)
                    if number:  # the first round only warms up
                        _keep(done, one, scene, found)
    return _rows(done)


def measure_alone(folder: Path, env: Mapping[str, str], *, rounds: int, requests: int) -> list[Row]:
    """Measure one server at a time: on SQLite, several would compete for the write lock."""
    done = _new_results()
    for kind in KINDS:
        with ExitStack() as stack:
            one, load = _start(kind, folder, env, stack)
            for scene in SCENES:
                _give(one, load, scene, requests // 4)
                for _ in range(rounds):
                    _keep(done, one, scene, _give(one, load, scene, requests))
    return _rows(done)


def _start(kind: Kind, folder: Path, env: Mapping[str, str], stack: ExitStack) -> tuple[Contestant, Requests]:
    one = Contestant(kind, folder, env)
    stack.callback(one.stop)
    return one, Requests(one, AT_ONCE)


def _give(one: Contestant, load: Requests, scene: str, requests: int) -> dict[str, Outcome]:
    """Reserve units, each by another person or of another item, and release them, in another order."""
    lists, items = SCENES[scene]
    made = [
        one.writer.ask(scene="giving", givers=AT_ONCE // min(lists, 8), items=items) for _ in range(lists)
    ]
    pairs = [(giver, item) for each in made for giver in each["givers"] for item in each["items"]]
    chosen = random.sample(pairs, min(requests, len(pairs)))
    outcomes = {}
    for verb, status in STATUSES.items():
        body = {"reservation_status": status}
        texts = [request("PATCH", f"/api/v1/items/{item}", giver, body) for giver, item in chosen]
        outcomes[verb] = load.send(random.sample(texts, len(texts))).ensure(200)
        reserved = sum(
            one.writer.ask(scene="taken", wishlist_id=each["wishlist_id"])["units"] for each in made
        )
        if reserved != (len(chosen) if verb == "reserve" else 0):
            raise RuntimeError(f"{reserved} units are reserved after {len(chosen)} requests to {verb}")
    return outcomes


def _new_results() -> Done:
    return {(kind.name, scene, verb): [] for kind in KINDS for scene in SCENES for verb in STATUSES}


def _keep(done: Done, one: Contestant, scene: str, found: Mapping[str, Outcome]) -> None:
    for verb, outcome in found.items():
        done[one.kind.name, scene, verb].append(outcome)


def _rows(done: Mapping[tuple[str, str, str], Sequence[Outcome]]) -> list[Row]:
    return [
        {"server": name, "scene": scene, "verb": verb} | row_of(name, outcomes)
        for (name, scene, verb), outcomes in done.items()
        if outcomes
    ]

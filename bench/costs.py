"""Measure what single requests cost: the processor time of the server for one request at a time, without a queue.

Requests per second depend on everything else that the machine does; the processor time of a process hardly does.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from bench.contestants import Contestant
from bench.http_load import Outcome, Requests, request
from bench.servers import HTTP

ITEMS = 100
LISTS = (42, 200)
ITEMS_OF_EACH = 5

Row = dict[str, Any]


class Case(NamedTuple):
    """A request to measure, with the status that it must have."""

    server: str
    what: str
    load: Requests
    text: str
    status: int


def measure(folder: Path, env: Mapping[str, str], *, rounds: int, requests: int) -> list[Row]:
    """Return a row for each server and request, from rounds that are interleaved."""
    with ExitStack() as stack:
        cases: list[Case] = []
        made: Row = {}
        for kind in HTTP:
            one = Contestant(kind, folder, env)
            stack.callback(one.stop)
            made = made or _made(one)
            cases += _cases(one, made)
        done: dict[tuple[str, str], list[Outcome]] = {(case.server, case.what): [] for case in cases}
        for number in range(rounds + 1):
            for case in random.sample(cases, len(cases)):
                outcome = case.load.send([case.text] * (requests // 4)).ensure(case.status)
                if number:  # the first round only warms up
                    done[case.server, case.what].append(outcome)
    return [row_of(*named, outcomes) for named, outcomes in done.items()]


def _made(one: Contestant) -> Row:
    giving = one.writer.ask(scene="giving", givers=1, items=ITEMS)
    many = {str(number): one.writer.ask(scene="mine", lists=number, items=ITEMS_OF_EACH) for number in LISTS}
    return giving | {"of_person": {number: made["token"] for number, made in many.items()}}


def _cases(one: Contestant, made: Mapping[str, Any]) -> list[Case]:
    """Return every request twice: as it is, and as a client sends it that has the answer already."""
    giver, link = made["givers"][0], made["token"]
    of_list = f"/api/v1/wishlists/{made['wishlist_id']}"
    paths = [(f"items of a list of {ITEMS}", f"{of_list}/items", giver)]
    if not one.kind.name.startswith("plain"):
        paths += [
            ("a list", of_list, giver),
            ("a share page", f"/s/{link}", ""),
            ("the list behind a link", f"/api/v1/public/wishlists?token={link}", ""),
            *((f"{number} lists", "/api/v1/wishlists", made["of_person"][str(number)]) for number in LISTS),
        ]
    load = Requests(one, at_once=1)
    cases = []
    for what, path, token in paths:
        cases.append(Case(one.kind.name, what, load, request("GET", path, token), 200))
        # The tag of a page depends on cookies, which this client does not keep.
        if path.startswith("/api") and (tag := _tag(one.port, path, token)):
            text = request("GET", path, token, more=f"If-None-Match: {tag}\r\n")
            cases.append(Case(one.kind.name, f"{what}, unchanged", load, text, 304))
    return cases


def _tag(port: int, path: str, token: str) -> str | None:
    """Return the entity tag of the answer, if it has one."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return answer.headers["ETag"]


def row_of(server: str, what: str, outcomes: Sequence[Outcome]) -> Row:
    """The lower quartile is the figure to compare: other programs only make a request cost more, never less."""
    costs = [one.server_cpu / len(one.took) * 1e3 for one in outcomes]
    return {
        "server": server,
        "what": what,
        "server_cpu_ms": round(statistics.quantiles(costs, n=4)[0], 3),
        "median_cpu_ms": round(statistics.median(costs), 3),
        "median_ms": round(statistics.median([statistics.median(one.took) for one in outcomes]), 2),
        "requests": sum(len(one.took) for one in outcomes),
    }

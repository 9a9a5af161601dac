"""Measure the same requests in a small installation and in one with a hundred thousand items (P14).

The asker has as many lists and items in both. Only what belongs to others differs. Both servers run at the same time, and
their rounds are interleaved.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.contestants import Contestant
from bench.http_load import Outcome, Requests, request
from bench.installation import installation
from bench.servers import UVICORN, Kind

SIZES = {"small": {"lists": 20, "others": 0}, "large": {"lists": 1_000, "others": 19_000}}
AT_ONCE = 4

Row = dict[str, Any]


def measure(folder: Path, *, rounds: int, requests: int) -> list[Row]:
    """Return a row for each request, with medians over the rounds."""
    done: dict[tuple[str, str], list[Outcome]] = {}
    with ExitStack() as stack:
        cases = []
        for size, numbers in SIZES.items():
            env = stack.enter_context(installation(folder))
            one = Contestant(Kind(size, UVICORN), folder, env)
            stack.callback(one.stop)
            made = one.writer.ask(scene="large", **numbers)
            load = Requests(one, AT_ONCE)
            cases += [(size, name, load, text) for name, text in _requests(made).items()]
        for number in range(rounds + 1):
            for size, name, load, text in random.sample(cases, len(cases)):
                outcome = load.send([text] * requests).ensure(200)
                if number:  # the first round only warms up
                    done.setdefault((name, size), []).append(outcome)
    return [_row(name, done[name, "small"], done[name, "large"]) for name in _requests(made)]


def _requests(made: Mapping[str, Any]) -> dict[str, str]:
    token, path = made["token"], f"/api/v1/wishlists/{made['wishlist_id']}/items"
    return {
        "lists": request("GET", "/api/v1/wishlists", token),
        "items": request("GET", path, token),
        "item": request("GET", f"{path}/{made['item_id']}", token),
    }


def _row(name: str, small: list[Outcome], large: list[Outcome]) -> Row:
    def p99(outcomes: list[Outcome]) -> float:
        return statistics.median(one.p99 for one in outcomes)

    def cpu(outcomes: list[Outcome]) -> float:
        return statistics.median(one.server_cpu / len(one.took) for one in outcomes)

    return {
        "request": name,
        "small_p99_ms": round(p99(small), 1),
        "large_p99_ms": round(p99(large), 1),
        "p99_ratio": round(p99(large) / p99(small), 2),
        "cpu_ratio": round(cpu(large) / cpu(small), 2),
    }

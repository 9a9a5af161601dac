"""Measure the fan-out of one change to N sockets. All contestants are connected at once; each has a round in turn."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bench.contestants import Contestant, Round
from bench.machine import busy
from bench.servers import KINDS

BURST = 20
PAUSE_SECONDS = 0.05

Row = dict[str, Any]


def measure(
    folder: Path, env: Mapping[str, str], *, sockets: int, rounds: int, names: Collection[str]
) -> list[Row]:
    """Return a row for each contestant, with medians over the rounds."""
    contestants: list[Contestant] = []
    try:
        for kind in [kind for kind in KINDS if kind.name in names and sockets <= kind.most]:
            contestants.append(Contestant(kind, folder, env))  # noqa: PERF401 - if one fails, those started must be stopped
        for one in contestants:
            one.connect(sockets)
            print(f"  {one.kind.name}: {sockets} sockets", flush=True)
        return _rows(contestants, sockets, rounds)
    finally:
        for one in contestants:
            one.stop()


def _rows(contestants: list[Contestant], sockets: int, rounds: int) -> list[Row]:
    frame = next(one.made["frame"] for one in contestants if one.kind.is_ours)
    singles: dict[str, list[Round]] = {one.kind.name: [] for one in contestants}
    bursts: dict[str, list[Round]] = {one.kind.name: [] for one in contestants}
    others: list[float] = []
    for number in range(rounds + 1):
        for one in random.sample(contestants, len(contestants)):
            busy_before, began = busy(), time.monotonic()
            single = one.round(1, frame)
            burst = one.round(BURST, frame)
            if number:  # the first round only warms up
                singles[one.kind.name].append(single)
                bursts[one.kind.name].append(burst)
                ours = single.server_cpu + single.client_cpu + burst.server_cpu + burst.client_cpu
                others.append((busy() - busy_before - ours) / (time.monotonic() - began))
            time.sleep(PAUSE_SECONDS)
    idle = statistics.median(others)
    return [
        _row(one, sockets, singles[one.kind.name], bursts[one.kind.name]) | {"others_cpus": round(idle, 2)}
        for one in contestants
    ]


def _row(one: Contestant, sockets: int, singles: list[Round], bursts: list[Round]) -> Row:
    return {
        "server": one.kind.name,
        "sockets": sockets,
        "first_ms": _median([was.first for was in singles]),
        "last_ms": _median([was.last for was in singles]),
        "last_ms_worst": round(max(was.last for was in singles), 1),
        "delivered_a_second": round(statistics.median(was.messages / was.last * 1e3 for was in bursts)),
        "cpu_us_a_message": _median([was.server_cpu / was.messages * 1e6 for was in singles]),
        "cpu_us_a_message_burst": _median([was.server_cpu / was.messages * 1e6 for was in bursts]),
        "client_cpu_us_a_message": _median([was.client_cpu / was.messages * 1e6 for was in bursts]),
        "client_cpus": _median([was.client_cpu / was.wall for was in bursts]),
        "lost": sum(was.lost for was in singles + bursts),
        "kib_a_socket": round(one.memory_a_socket / 1024, 1),
    }


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 2)

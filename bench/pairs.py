"""Compare two server processes on one port with one: the same load, by as many clients, in the same interleaved run.

On two cores the load generators compete with the servers. So there are two loads: separate changes, each in its own
transaction, where the writer and PostgreSQL use a part of the cores; and *waves*, many changes in one transaction, which
clients read only after a pause, so that nearly all CPU time is that of the servers.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.contestants import Contestant, Round
from bench.servers import PAIRS

WAVE = 100
WAVE_NAP_SECONDS = 0.01

Row = dict[str, Any]


def measure(folder: Path, env: Mapping[str, str], *, sockets: int, rounds: int) -> list[Row]:
    """Return a row for each kind, with medians over the rounds."""
    with ExitStack() as stack:
        started = []
        for kind in PAIRS:
            started.append(one := Contestant(kind, folder, env))
            stack.callback(one.stop)
            one.connect(sockets)
        singles: dict[str, list[Round]] = {one.kind.name: [] for one in started}
        waves: dict[str, list[Round]] = {one.kind.name: [] for one in started}
        for number in range(rounds + 1):
            for one in random.sample(started, len(started)):
                single = one.round(1, "")
                wave = one.round(WAVE, "", together=True, nap=WAVE_NAP_SECONDS)
                if number:  # the first round only warms up
                    singles[one.kind.name].append(single)
                    waves[one.kind.name].append(wave)
    return [_row(one, sockets, singles[one.kind.name], waves[one.kind.name]) for one in started]


def _row(one: Contestant, sockets: int, singles: list[Round], waves: list[Round]) -> Row:
    return {
        "server": one.kind.name,
        "sockets": sockets,
        "processes": one.kind.processes,
        "last_ms": round(statistics.median(was.last for was in singles), 2),
        "wave_last_ms": round(statistics.median(was.last for was in waves), 1),
        "wave_delivered_a_second": round(statistics.median(was.messages / was.last * 1e3 for was in waves)),
        "wave_cpu_us_a_message": round(
            statistics.median(was.server_cpu / was.messages * 1e6 for was in waves), 2
        ),
        "wave_client_cpus": round(statistics.median(was.client_cpu / was.wall for was in waves), 2),
        "lost": sum(was.lost for was in singles + waves),
    }

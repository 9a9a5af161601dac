"""`make bench`: measure everything, write bench/results/*.json, and draw the chart.

BENCH=quick (a few minutes), or BENCH=full. It starts its own servers, with databases that it drops afterwards.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Imported here, because this file is run as a script and needs the path above.
from bench import (
    costs,
    fanout,
    growth,
    machine,
    pairs,
    reading,
    reserving,
    share_page,
    spread,
    stalled,
    stalling,
    starting,
    targets,
)
from bench.chart import draw
from bench.installation import embedded, installation
from bench.process import ROOT
from bench.servers import KINDS

RESULTS = ROOT / "bench" / "results"

Row = dict[str, Any]
Part = Callable[[], list[Row]]


@dataclass(frozen=True)
class Profile:
    sockets: list[int]
    rounds: int
    names: list[str]
    requests: int
    seconds: int
    writes: int


QUICK = Profile(
    sockets=[100, 1_000],
    rounds=7,
    names=["raw", "websockets", "uvicorn", "uvicorn-deflate-offered", "daphne", "textbook"],
    requests=400,
    seconds=5,
    writes=600,
)
FULL = Profile(
    sockets=[100, 1_000, 5_000],
    rounds=15,
    names=[kind.name for kind in KINDS],
    requests=800,
    seconds=10,
    writes=700,
)


def parts_of(profile: Profile, folder: Path, env: dict[str, str]) -> dict[str, Part]:
    """Return the parts to measure, by their names in the result."""
    size, half = profile, -(-profile.rounds // 2)

    def fan_outs() -> list[Row]:
        return [
            row
            for number in size.sockets
            for row in fanout.measure(folder, env, sockets=number, rounds=size.rounds, names=size.names)
        ]

    def on_sqlite() -> list[Row]:
        return reserving.measure_alone(folder, embedded(folder), rounds=3, requests=size.requests)

    most = min(1_000, max(size.sockets))
    return {
        "fanout": fan_outs,
        "pairs": lambda: pairs.measure(folder, env, sockets=most, rounds=size.rounds),
        "spread": lambda: spread.measure(folder, env, sockets=most, seconds=size.seconds),
        "stalled": lambda: stalled.measure(folder, env, writes=size.writes),
        "stalling": lambda: stalling.measure(folder, env, sockets=most, seconds=size.seconds),
        "reading": lambda: reading.measure(folder, env, rounds=half, requests=size.requests),
        "costs": lambda: costs.measure(folder, env, rounds=size.rounds, requests=size.requests),
        "share_page": lambda: share_page.measure(folder, env, rounds=half, requests=size.requests),
        "reserving": lambda: reserving.measure(folder, env, rounds=half, requests=size.requests),
        "embedded": on_sqlite,
        "growth": lambda: growth.measure(folder, rounds=half, requests=size.requests // 4),
        "starting": lambda: starting.measure(rounds=half),
    }


def main(options: argparse.Namespace) -> None:
    profile, to = chosen(options), RESULTS / f"{options.to}.json"
    # Keep the results of parts that are not measured now.
    kept = json.loads(to.read_text()) if options.parts and to.exists() else {}
    result: dict[str, Any] = kept | machine.describe()
    with tempfile.TemporaryDirectory(prefix="wishlist-bench-") as name, installation(Path(name)) as env:
        parts = parts_of(profile, Path(name), env)
        for part in options.parts.split(",") if options.parts else parts:
            result[part] = measured(part, parts[part], result)
    result["targets"] = targets.judge(result)
    to.write_text(json.dumps(result, indent=1) + "\n")
    to.with_suffix(".svg").write_text(draw(result))
    tell("targets", result["targets"])
    print(f"Written: {to} and its chart.")


def chosen(options: argparse.Namespace) -> Profile:
    """Return the profile, changed by the options."""
    profile = FULL if options.profile == "full" else QUICK
    changed: dict[str, Any] = {
        name: getattr(options, name) for name in ("rounds", "requests", "seconds", "writes")
    }
    if options.only:
        changed["names"] = options.only.split(",")
    if options.sockets:
        changed["sockets"] = [int(one) for one in options.sockets.split(",")]
    return Profile(**vars(profile) | {name: value for name, value in changed.items() if value is not None})


def measured(part: str, measure: Part, result: dict[str, Any]) -> list[Row]:
    """Measure a part and print its rows. Its duration and the CPU use of other programs are stored in the result."""
    began, used, own = time.monotonic(), machine.busy(), machine.ours()
    rows = measure()
    seconds = time.monotonic() - began
    others = (machine.busy() - used - (machine.ours() - own)) / seconds
    result.setdefault("measured", {})[part] = {
        "at": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC",
        "command": " ".join(["bench/run.py", *sys.argv[1:]]),
        "seconds": round(seconds),
        "other_cpus": round(others, 2),
    }
    print(f"{part}: {seconds:.0f} s, {others:.2f} CPUs used by others, the database's among them")
    tell(part, rows)
    return rows


def tell(part: str, rows: list[Row]) -> None:
    for row in rows:
        print("    " + "  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", choices=["quick", "full"], default="quick", nargs="?")
    parser.add_argument("--parts", help="what of it, with commas between: fanout,pairs,…")
    parser.add_argument("--only", help="names of contestants of the fan-out, with commas between")
    parser.add_argument("--sockets", help="numbers of sockets, with commas between")
    for name in ("rounds", "requests", "seconds", "writes"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--to", default="latest", help="the name of the result")
    main(parser.parse_args())

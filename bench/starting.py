"""Measure `manage.py serve --demo` with an empty data folder and with one that is there, and the memory when idle (P17)."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.process import SECONDS, Process
from tests.support.running.servers import free_port

IDLE_SECONDS = 5

Row = dict[str, Any]


def measure(*, rounds: int) -> list[Row]:
    """Return a row for each server. The first start creates the demo; the others find it."""
    return [_row(server, rounds) for server in ("daphne", "uvicorn")]


def _row(server: str, rounds: int) -> Row:
    with tempfile.TemporaryDirectory(prefix="wishlist-start-") as name:
        first = _start(server, Path(name))
        later = [_start(server, Path(name)) for _ in range(rounds)]
    return {
        "server": server,
        "first_seconds": first["seconds"],
        "again_seconds": round(statistics.median(one["seconds"] for one in later), 2),
        "again_cpu_seconds": round(statistics.median(one["cpu"] for one in later), 2),
        "first_idle_mib": first["mib"],
        "idle_mib": round(statistics.median(one["mib"] for one in later)),
    }


def _start(server: str, folder: Path) -> dict[str, float]:
    port = free_port()
    env = {
        "PORT": str(port),
        "SERVER": server,
        "DATA_DIR": str(folder),
        "ENV_FILE": os.devnull,
        "DEBUG": "1",
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }
    began = time.monotonic()
    process = Process("manage.py", "serve", "--demo", env=env, log=folder / "serve.log")
    try:
        _wait(port, process)
        seconds, cpu = time.monotonic() - began, process.cpu
        time.sleep(IDLE_SECONDS)
        return {"seconds": round(seconds, 2), "cpu": cpu, "mib": process.resident / 2**20}
    finally:
        process.stop()


def _wait(port: int, process: Process) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.popen.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"The server did not come up: {process.said}")

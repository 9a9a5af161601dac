"""Measure one client that never reads, next to 50 that do: the time of writes, the delay of the others, and memory.

The writes are edits over HTTP with a long description, one after the other. There are enough of them that the queue of the
stalled client exceeds its limit. The control is the same without that client.
"""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.clients import handshake
from bench.contestants import NAP_SECONDS, Contestant, result_of
from bench.http_load import Requests, percentile, request
from bench.servers import DAPHNE, UVICORN, Kind

OTHERS = 50
LETTERS, LENGTH = 5_000, 15_000
"""Letters of a description, and its length in bytes: each letter takes three."""
KINDS = [Kind("uvicorn", UVICORN), Kind("daphne", DAPHNE)]

Row = dict[str, Any]


def measure(folder: Path, env: Mapping[str, str], *, writes: int) -> list[Row]:
    return [
        _row(Contestant(kind, folder, env), writes, stalled=stalled)
        for kind in KINDS
        for stalled in (False, True)
    ]


def _row(one: Contestant, writes: int, *, stalled: bool) -> Row:
    with ExitStack() as stack:
        stack.callback(one.stop)
        (made,) = one.writer.ask(scene="lists", number=1)["lists"]
        one.made["token"] = made["token"]
        one.connect(OTHERS)
        load = Requests(one, 1)
        _write(one, load, made, 20)
        before = one.server.resident
        silent = stack.enter_context(_silent(one.port, made["token"])) if stalled else None
        took, told, most = _write(one, load, made, writes)
        return {
            "server": one.kind.name,
            "stalled": int(stalled),
            "others": OTHERS,
            "writes": writes,
            "write_median_ms": round(statistics.median(took), 1),
            "write_p99_ms": round(percentile(took, 99), 1),
            "write_worst_ms": round(max(took), 1),
            "told_p99_ms": round(percentile(told, 99), 1),
            "told_worst_ms": round(max(told), 1),
            "grown_mib": round((most - before) / 2**20, 1),
            "was_cut": int(silent is not None and _left(silent) < writes * LENGTH),
        }


def _write(
    one: Contestant, load: Requests, made: Mapping[str, Any], writes: int
) -> tuple[list[float], list[float], int]:
    """Return the time of each write, the delay of the others after it, and the maximum memory of the server."""
    took, told, most = [], [], 0
    for number in range(writes):
        for client in one.clients:
            client.ask(each=1, nap=NAP_SECONDS)
        body = {"description": f"{number} " + "\u20ac" * LETTERS}
        edit = request("PATCH", f"/api/v1/items/{made['items'][0]}", made["owner"], body)
        done = load.send([edit]).ensure(200)
        (answer,) = [result_of(client) for client in one.clients]
        if answer["received"] != answer["expected"]:
            raise RuntimeError(f"the others were not told: {answer}")
        took += done.took
        told.append(max(0.0, (answer["last"] - done.acknowledged[0]) / 1e6))
        most = max(most, one.server.resident)
    return took, told, most


def _silent(port: int, token: str) -> socket.socket:
    """Open a socket that follows the list and never reads. Its kernel buffer is as small as possible."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    one.settimeout(10)
    one.connect(("127.0.0.1", port))
    one.sendall(handshake(port, f"/ws?public_token={token}"))
    heard = b""
    while b'"subscribed"' not in heard:
        heard += one.recv(4_096)
    return one


def _left(one: socket.socket) -> int:
    """Return the number of bytes that can still be read before the server's close."""
    length, deadline = 0, time.monotonic() + 10
    try:
        while (data := one.recv(65_536)) and time.monotonic() < deadline:
            length += len(data)
    except (ConnectionResetError, TimeoutError):
        pass
    return length

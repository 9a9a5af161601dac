"""The performance targets (*must* and *stretch*), and whether a run reached them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.costs import ITEMS

Result = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A target. `of` computes its figure from the rows; it raises LookupError if they were not measured."""

    name: str
    what: str
    must: float
    stretch: float | None
    of: Callable[[Result], float]
    most: bool = False
    """Whether the limits are maximums; otherwise they are minimums."""

    def row(self, result: Result) -> Row:
        try:
            figure = round(self.of(result), 2)
        except LookupError:
            return self._told(None, "not measured")
        return self._told(figure, self._judged(figure))

    def _told(self, figure: float | None, reached: str) -> Row:
        limits = {"must": self.must, "stretch": self.stretch, "at": "most" if self.most else "least"}
        return {"target": self.name, "what": self.what, **limits, "figure": figure, "reached": reached}

    def _judged(self, figure: float) -> str:
        holds = operator.le if self.most else operator.ge
        if self.stretch is not None and holds(figure, self.stretch):
            return "stretch"
        return "must" if holds(figure, self.must) else "no"


def judge(result: Result) -> list[Row]:
    return [target.row(result) for target in TARGETS]


def _row(result: Result, part: str, **known: Any) -> Row:
    """Return the row of a part with these values. Raises LookupError."""
    for row in result.get(part, []):
        if known.items() <= row.items():
            return dict(row)
    raise LookupError(part)


def _fan_out(server: str, sockets: int, key: str, beside: str = "") -> Callable[[Result], float]:
    """Return a function for a figure of a server, or for its ratio to that of the server `beside`."""

    def of(result: Result) -> float:
        figure = float(_row(result, "fanout", server=server, sockets=sockets)[key])
        if not beside:
            return figure
        return figure / float(_row(result, "fanout", server=beside, sockets=sockets)[key])

    return of


def _of(part: str, key: str, **known: Any) -> Callable[[Result], float]:
    return lambda result: float(_row(result, part, **known)[key])


def _ratio(part: str, key: str, upper: str, lower: str) -> Callable[[Result], float]:
    return lambda result: _of(part, key, server=upper)(result) / _of(part, key, server=lower)(result)


def _cost(server: str, what: str) -> Callable[[Result], float]:
    """Return a function for the processor time of one request, in ms."""
    return _of("costs", "server_cpu_ms", server=server, what=what)


def _single_rate(server: str, sockets: int) -> Callable[[Result], float]:
    """Return a function for the deliveries per second of one change: sockets / time of the last one."""
    return lambda result: sockets * 1_000 / _fan_out(server, sockets, "last_ms")(result)


def _over(figure: Callable[[Result], float], by: float) -> Callable[[Result], float]:
    return lambda result: figure(result) / by


RATE, LAST, CPU, MEMORY = "delivered_a_second", "last_ms", "cpu_us_a_message", "kib_a_socket"
BARE = "websockets"
OFFERED = "uvicorn-deflate-offered"
SHARED: Row = {"wishes": 30, "visitor": "stranger"}


def _p1(sockets: int) -> Callable[[Result], float]:
    return lambda result: _single_rate("uvicorn", sockets)(result) / _single_rate(BARE, sockets)(result)


def _start_targets(*servers: str) -> list[Target]:
    return [
        Target("P17", f"{server}, {what}", limit, None, _of("starting", key, server=server), True)
        for server in servers
        for what, key, limit in (
            ("first start with the demo, installed: s", "first_seconds", 30),
            ("each later start: s", "again_seconds", 2.5),
            ("idle: MiB", "idle_mib", 120),
        )
    ]


TARGETS = [
    Target("P1", "one change, N = 1000: delivered/s against websockets.broadcast", 0.6, 0.9, _p1(1_000)),
    Target("P1", "one change, N = 5000: the same", 0.8, 1.2, _p1(5_000)),
    Target("P1", "in bursts, N = 1000: the same", 0.6, 0.9, _fan_out("uvicorn", 1_000, RATE, BARE)),
    Target("P1", "in bursts, N = 5000: the same", 0.8, 1.2, _fan_out("uvicorn", 5_000, RATE, BARE)),
    Target(
        "P2",
        "N = 5000: CPU a message against the raw loop",
        2.0,
        1.4,
        _fan_out("uvicorn", 5_000, CPU, "raw"),
        True,
    ),
    Target(
        "P3",
        "N = 1000: last subscriber against websockets.broadcast",
        1.6,
        1.2,
        _fan_out("uvicorn", 1_000, LAST, BARE),
        True,
    ),
    Target("P3", "N = 5000: the same", 1.6, 1.0, _fan_out("uvicorn", 5_000, LAST, BARE), True),
    Target(
        "P4",
        "uvicorn, deflate offered, in bursts: delivered/s against plain",
        0.9,
        0.95,
        _fan_out(OFFERED, 1_000, RATE, "uvicorn"),
    ),
    Target("P4", "daphne, the same", 0.9, 0.95, _fan_out("daphne-deflate-offered", 1_000, RATE, "daphne")),
    Target("P4", "uvicorn, deflate offered: KiB a socket", 45, 30, _fan_out(OFFERED, 1_000, MEMORY), True),
    Target("P4", "daphne, the same", 45, 30, _fan_out("daphne-deflate-offered", 1_000, MEMORY), True),
    Target("P5", "uvicorn, N = 5000: KiB an idle socket", 30, 20, _fan_out("uvicorn", 5_000, MEMORY), True),
    Target("P5", "daphne, the same", 30, 20, _fan_out("daphne", 5_000, MEMORY), True),
    Target(
        "P6",
        "uvicorn, waves, N = 1000: two processes against one",
        1.6,
        1.8,
        _ratio("pairs", "wave_delivered_a_second", "uvicorn-two", "uvicorn"),
    ),
    Target(
        "P6", "daphne, the same", 1.6, 1.8, _ratio("pairs", "wave_delivered_a_second", "daphne-two", "daphne")
    ),
    Target("P6", "lost by two processes", 0, 0, _of("pairs", "lost", server="uvicorn-two"), True),
    Target(
        "P7",
        "uvicorn: worst write ms beside a stalled reader",
        50,
        None,
        _of("stalled", "write_worst_ms", server="uvicorn", stalled=1),
        True,
    ),
    Target(
        "P7", "daphne, the same", 50, None, _of("stalled", "write_worst_ms", server="daphne", stalled=1), True
    ),
    Target(
        "P7",
        "uvicorn: MiB that the server grew by",
        16,
        None,
        _of("stalled", "grown_mib", server="uvicorn", stalled=1),
        True,
    ),
    Target("P7", "daphne, the same", 16, None, _of("stalled", "grown_mib", server="daphne", stalled=1), True),
    Target(
        "P8",
        "uvicorn: worst fan-out ms during 4 log-ins",
        200,
        60,
        _of("stalling", "last_ms_worst", server="uvicorn", beside="4 log-ins at once"),
        True,
    ),
    Target(
        "P8",
        "daphne, the same",
        200,
        60,
        _of("stalling", "last_ms_worst", server="daphne", beside="4 log-ins at once"),
        True,
    ),
    Target(
        "P9",
        "uvicorn: GET items against a plain view",
        0.6,
        0.9,
        _ratio("reading", "requests_a_second", "uvicorn", "plain-uvicorn"),
    ),
    Target(
        "P9", "daphne, the same", 0.6, 0.9, _ratio("reading", "requests_a_second", "daphne", "plain-daphne")
    ),
    Target(
        "P9",
        "uvicorn: unchanged, against a plain view",
        3.0,
        8.0,
        _ratio("reading", "requests_a_second", "uvicorn, unchanged", "plain-uvicorn"),
    ),
    Target(
        "P9",
        "daphne, the same",
        3.0,
        8.0,
        _ratio("reading", "requests_a_second", "daphne, unchanged", "plain-daphne"),
    ),
    Target(
        "P9",
        "uvicorn: unchanged, ms of CPU",
        0.6,
        None,
        _cost("uvicorn", f"items of a list of {ITEMS}, unchanged"),
        True,
    ),
    Target(
        "P9", "daphne, the same", 0.6, None, _cost("daphne", f"items of a list of {ITEMS}, unchanged"), True
    ),
    Target("P16", "uvicorn: 42 lists, ms of CPU", 4.0, None, _cost("uvicorn", "42 lists"), True),
    Target("P16", "daphne, the same", 4.0, None, _cost("daphne", "42 lists"), True),
    Target(
        "P16",
        "uvicorn: CPU of a list among 200 against one among 42",
        2.0,
        1.0,
        lambda result: (
            _cost("uvicorn", "200 lists")(result) / _cost("uvicorn", "42 lists")(result) * 42 / 200
        ),
        True,
    ),
    *(
        target
        for server in ("uvicorn", "daphne")
        for scene in ("one list", "forty lists")
        for verb in ("reserve", "release")
        for target in (
            Target(
                "P10",
                f"{server}, {scene}, {verb}: requests/s against 271",
                2.0,
                4.0,
                _over(_of("reserving", "requests_a_second", server=server, scene=scene, verb=verb), 271),
            ),
            Target(
                "P10",
                f"{server}, {scene}, {verb}: p99 against 268 ms",
                0.5,
                0.25,
                _over(_of("reserving", "p99_ms", server=server, scene=scene, verb=verb), 268),
                True,
            ),
        )
    ),
    Target("P11", "daphne, one change, N = 1000: delivered/s", 35_000, 42_000, _single_rate("daphne", 1_000)),
    Target(
        "P11", "daphne, in bursts, N = 1000: delivered/s", 35_000, 42_000, _fan_out("daphne", 1_000, RATE)
    ),
    Target(
        "P12",
        "uvicorn: 50 writes/s, answered to seen by the last, p99 ms",
        150,
        60,
        _of("spread", "seen_p99_ms", server="uvicorn"),
        True,
    ),
    Target("P12", "daphne, the same", 150, 60, _of("spread", "seen_p99_ms", server="daphne"), True),
    Target(
        "P13",
        "share page of 30, unchanged, 16 at once: requests/s",
        150,
        400,
        _of("share_page", "requests_a_second", **SHARED, state="unchanged"),
    ),
    Target(
        "P13", "the same, p99 ms", 250, None, _of("share_page", "p99_ms", **SHARED, state="unchanged"), True
    ),
    Target(
        "P13",
        "share page of 30, unchanged: CPU µs",
        3_000,
        None,
        _of("share_page", "server_cpu_us", **SHARED, state="unchanged"),
        True,
    ),
    Target(
        "P13",
        "share page of 30, changed: CPU µs",
        12_000,
        None,
        _of("share_page", "server_cpu_us", **SHARED, state="changed"),
        True,
    ),
    Target(
        "P13",
        "share page of 30: bytes of HTML",
        60_000,
        None,
        _of("share_page", "bytes", **SHARED, state="unchanged"),
        True,
    ),
    Target(
        "P14",
        "100,000 items against 2,000: p99 of a person's lists",
        1.5,
        1.1,
        _of("growth", "p99_ratio", request="lists"),
        True,
    ),
    Target(
        "P14",
        "the same: p99 of the items of a list",
        1.5,
        1.1,
        _of("growth", "p99_ratio", request="items"),
        True,
    ),
    *(
        Target(
            "P15",
            f"embedded, {server}, {verb}: requests/s, no error",
            300,
            None,
            _of("embedded", "requests_a_second", server=server, scene="one list", verb=verb),
        )
        for server in ("uvicorn", "daphne")
        for verb in ("reserve", "release")
    ),
    *_start_targets("uvicorn", "daphne"),
]

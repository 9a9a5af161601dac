"""Draw the chart: SVG without a library, because it has only groups of bars."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

WIDTH, BAR, GAP, LEFT, RIGHT = 800, 18, 26, 250, 90
OURS, OTHERS = "#2a6f97", "#adb5bd"
BASELINES = ("raw", "websockets", "websockets-uvloop", "textbook", "plain-uvicorn", "plain-daphne")

Bars = list[tuple[str, float]]

FAN_OUT = {
    "last_ms": "one change: ms until the last has it",
    "delivered_a_second": "in bursts: delivered a second",
    "cpu_us_a_message": "one change: CPU of the server, µs a message",
}
PARTS = {
    "pairs": ("wave_delivered_a_second", "Waves to 1,000 sockets: delivered a second"),
    "spread": ("seen_p99_ms", "50 writes a second on 50 lists: p99 ms from the answer to the last socket"),
    "reading": ("requests_a_second", "GET items, a list of 100, 32 at once: requests a second"),
    "reserving": ("requests_a_second", "Reserve and release, PostgreSQL, 16 at once: requests a second"),
    "embedded": ("requests_a_second", "Reserve and release, embedded SQLite, 16 at once: requests a second"),
}


def draw(result: dict[str, Any]) -> str:
    """Return the SVG: panels, each with a title and a bar for each server."""
    parts: list[str] = []
    top = 20
    for title, bars in _panels(result):
        top = _panel(parts, title, bars, top)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}" '
        f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _panels(result: dict[str, Any]) -> Iterator[tuple[str, Bars]]:
    rows = result.get("fanout", [])
    for sockets in sorted({row["sockets"] for row in rows}):
        some = [row for row in rows if row["sockets"] == sockets]
        for key, title in FAN_OUT.items():
            yield f"{sockets:,} sockets, {title}", _bars(some, key)
    for part, (key, title) in PARTS.items():
        if part in result:
            yield title, _bars(result[part], key)


def _bars(rows: list[dict[str, Any]], key: str) -> Bars:
    return [(_name(row), row[key]) for row in rows]


def _name(row: dict[str, Any]) -> str:
    return ", ".join(row[key] for key in ("server", "scene", "verb") if key in row)


def _panel(parts: list[str], title: str, bars: Bars, top: int) -> int:
    parts.append(f'<text x="10" y="{top + 12}" font-weight="bold">{escape(title)}</text>')
    most = max(value for _, value in bars) or 1
    for number, (name, value) in enumerate(bars):
        y = top + GAP + number * (BAR + 4)
        length = round((WIDTH - LEFT - RIGHT) * value / most, 1)
        fill = OTHERS if name.partition(",")[0] in BASELINES else OURS
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{LEFT}" y="{y}" width="{length}" height="{BAR}" fill="{fill}"/>'
            f'<text x="{LEFT + length + 6}" y="{y + 13}">{value:,}</text>'
        )
    return top + GAP + len(bars) * (BAR + 4) + 16

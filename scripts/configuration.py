"""Build the tables of docs/configuration.md from `.env.example`. With --write, put them between the page's marks."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "configuration.md"
MARKS = re.compile(r"(<!-- configuration: .*? -->\n).*?(<!-- /configuration -->)", re.DOTALL)
ENTRY = re.compile(r"((?:^# .*\n)+)#([A-Z_]+)=(.*)$", re.MULTILINE)
SECTION = re.compile(r"^# --- (.*)\n", re.MULTILINE)

Entry = tuple[str, str, str]
"""Name, default and meaning of a variable."""


def sections() -> dict[str, list[Entry]]:
    """Return the variables of each section, by its heading."""
    _introduction, *parts = SECTION.split((ROOT / ".env.example").read_text())
    return {heading: _entries(text) for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def _entries(text: str) -> list[Entry]:
    return [
        (name, default, " ".join(line.removeprefix("# ") for line in meaning.splitlines()))
        for meaning, name, default in ENTRY.findall(text)
    ]


def entries() -> list[Entry]:
    """Return all variables."""
    return [entry for section in sections().values() for entry in section]


def tables() -> str:
    """Return a heading and a table for each section."""
    return "".join(f"\n## {heading}\n\n{_table(rows)}" for heading, rows in sections().items()) + "\n"


def _table(rows: list[Entry]) -> str:
    lines = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |" for name, default, meaning in rows
    ]
    return "\n".join(["| Variable | Default | Meaning |", "| --- | --- | --- |", *lines, ""])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(MARKS.sub(lambda found: f"{found[1]}{tables()}{found[2]}", PAGE.read_text()))
    else:
        print(tables(), end="")

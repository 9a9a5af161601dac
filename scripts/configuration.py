"""The README's configuration table, made of `.env.example`. With --write it is put between its marks in README.md."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARKS = re.compile(r"(<!-- configuration: .*? -->\n).*?(<!-- /configuration -->)", re.DOTALL)
ENTRY = re.compile(r"((?:^# .*\n)+)#([A-Z_]+)=(.*)$", re.MULTILINE)
SECTION = re.compile(r"^# --- .*\n", re.MULTILINE)


def entries() -> list[tuple[str, str, str]]:
    """Return name, default and meaning of every variable."""
    text = SECTION.sub("\n", (ROOT / ".env.example").read_text())
    return [
        (name, default, " ".join(line.removeprefix("# ") for line in meaning.splitlines()))
        for meaning, name, default in ENTRY.findall(text)
    ]


def table() -> str:
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |"
        for name, default, meaning in entries()
    ]
    return "\n".join(["| Variable | Default | Meaning |", "| --- | --- | --- |", *rows, ""])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        readme = ROOT / "README.md"
        readme.write_text(MARKS.sub(lambda found: f"{found[1]}{table()}{found[2]}", readme.read_text()))
    else:
        print(table(), end="")

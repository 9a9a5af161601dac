"""Load the list of mutants (mutants.toml), and find the place of each in the product."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path(__file__).with_name("mutants.toml")
OUTSIDE = {"tests", "migrations", "bench", "scripts", "node_modules"}
"""Folders that are not part of the product. Folders that start with a dot are not either."""


class NotFound(Exception):
    """Raised if the code has changed: the mutant needs a spelling that occurs exactly once."""


@dataclass(frozen=True)
class Spelling:
    old: str
    new: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """A pattern for `old` with any indentation and line breaks."""
        return re.compile(r"\s+".join(map(re.escape, self.old.split())))


@dataclass(frozen=True)
class Mutant:
    name: str
    area: str
    breaks: str
    likely: str
    databases: tuple[str, ...]
    spellings: tuple[Spelling, ...]


@dataclass(frozen=True)
class Place:
    """The place of a mutant: the file, its lines, and the text of the file with the mutant."""

    path: Path
    lines: range
    broken: str


def load() -> list[Mutant]:
    return [
        Mutant(
            name=row["name"],
            area=row["area"],
            breaks=row["breaks"],
            likely=row["likely"],
            databases=tuple(row.get("databases", ["sqlite"])),
            spellings=tuple(Spelling(**spelling) for spelling in row["spellings"]),
        )
        for row in tomllib.loads(CATALOGUE.read_text())["mutant"]
    ]


def find(mutant: Mutant, root: Path) -> Place:
    """Return the only place below `root` where a spelling of `mutant` occurs. Raises NotFound."""
    places = [
        _place(path, text, match, spelling.new)
        for path, text in _sources(root)
        for spelling in mutant.spellings
        for match in spelling.pattern.finditer(text)
    ]
    if len(places) != 1:
        raise NotFound(f"{mutant.name}: found {len(places)} times")
    return places[0]


def _place(path: Path, text: str, match: re.Match[str], new: str) -> Place:
    first, last = (text.count("\n", 0, end) + 1 for end in match.span())
    return Place(path, range(first, last + 1), text[: match.start()] + new + text[match.end() :])


def _sources(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(root.rglob("*.py")):
        folders = path.relative_to(root).parts[:-1]
        if not OUTSIDE.intersection(folders) and not any(name.startswith(".") for name in folders):
            yield path, path.read_text()

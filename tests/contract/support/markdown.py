"""Parse the contract's Markdown: sections, tables, and text in backticks."""

from __future__ import annotations

import re
from dataclasses import dataclass

BRACES = re.compile(r"\{(.*)\}", re.DOTALL)


@dataclass(frozen=True)
class Table:
    header: list[str]
    rows: list[list[str]]


def section(text: str, heading: str) -> str:
    """Return the text under `heading`, up to the next heading of any depth."""
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"The contract has no section “{heading}”.")
    return found[1]


def between(text: str, start: str, end: str) -> str:
    """Return the text after `start` and before the next `end`."""
    _, there, rest = text.partition(start)
    if not there or end not in rest:
        raise LookupError(f"The contract no longer says “{start} … {end}”.")
    return rest.partition(end)[0]


def tables(text: str) -> list[Table]:
    """Return every table of `text`, in order."""
    blocks = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    return [_table(block) for block in blocks]


def _table(block: str) -> Table:
    header, _ruler, *rows = [_cells(line) for line in block.strip().splitlines()]
    return Table(header, rows)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def ticked(text: str) -> list[str]:
    """Return the pieces of text in backticks, in order."""
    return re.findall(r"`([^`]+)`", text)


def without_asides(text: str) -> str:
    """Return the text without the parts in round brackets."""
    return re.sub(r"\([^()]*\)", "", text)


def words_of(code: str) -> list[str]:
    """Return the names in a piece of code such as `{a, b: [{c?, d: "value"}]}`: a, b, b.c, b.d."""
    names: list[str] = []
    inside, name = [""], ""
    for token in re.findall(r"[A-Za-z][\w-]*|[{}]", re.sub(r':\s*"[^"]*"', "", code)):
        if token == "{":
            inside.append(f"{name}." if name else "")
        elif token == "}":
            inside.pop()
        else:
            name = inside[-1] + token
            names.append(name)
    return names


def fields_with_values(text: str) -> list[str]:
    """`a`, `b?`: `x` \\| `y`, `c` (`z`)  →  a, b, b=x, b=y, c, c=z. Several names may share a pair of backticks."""
    named: list[str] = []
    for part in _parts(text):
        first, *values = ticked(part) or [""]
        names = words_of(first)
        named += names
        if len(names) == 1:
            named += [f"{names[0]}={value}" for value in values]
    return named


def _parts(text: str) -> list[str]:
    """Split at commas outside backticks and round brackets."""
    return re.findall(r"(?:`[^`]*`|\([^()]*\)|[^,])+", text)


def shaped(text: str) -> dict[str, list[str]]:
    """Return the fields of each name: `a {x}`, `b` / `c {y, z}`, `d` and `e {w}`. Names joined by a slash or “and”
    share their fields."""
    shapes: dict[str, list[str]] = {}
    waiting: list[str] = []
    for code, joint in re.findall(r"`([^`]+)`(\s*(?:/|and)\s*(?=`))?", without_asides(text)):
        fields = BRACES.search(code)
        waiting.append(words_of(code)[0])
        if joint and fields is None:
            continue
        shapes |= dict.fromkeys(waiting, words_of(fields[1]) if fields else [])
        waiting = []
    return shapes

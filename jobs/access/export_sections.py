"""The sections of a person's export. Each app registers what it keeps about people when it is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from accounts.models import User
from core.api.renderers import encode


@dataclass(frozen=True)
class ExportFile:
    """A file of an export, by its path in the ZIP."""

    path: str
    content: bytes


@dataclass(frozen=True)
class ExportSection:
    """Makes files about a person, as this person may see it. One unit of the job makes the files of one key."""

    name: str
    keys: Callable[[User], list[str]]
    files: Callable[[User, str], Iterable[ExportFile]]
    """Returns nothing for a key that is gone, or that is no longer shared with the person."""


_sections: dict[str, ExportSection] = {}


def register_section(section: ExportSection) -> None:
    _sections[section.name] = section


def section_named(name: str) -> ExportSection:
    return _sections[name]


def planned_keys(user: User) -> list[tuple[str, str]]:
    """Return the name of a section and a key for each unit, in a fixed order."""
    return [(name, key) for name in sorted(_sections) for key in _sections[name].keys(user)]


def as_json(data: Any) -> bytes:
    """Return what clients of the API get, indented."""
    return orjson.dumps(orjson.loads(encode(data)), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

"""The type of projected rows: plain dicts."""

from __future__ import annotations

from typing import Any

from core.errors.refusals import Refusal

Row = dict[str, Any]


def the_one(rows: list[Row], missing: type[Refusal]) -> Row:
    """Return the first row. Raises `missing` if there is none, because it doesn't exist or the viewer may not see it."""
    if not rows:
        raise missing
    return rows[0]

"""What every projection makes: a row as a plain dict."""

from __future__ import annotations

from typing import Any

from core.errors.refusals import Refusal

Row = dict[str, Any]


def the_one(rows: list[Row], missing: type[Refusal]) -> Row:
    """The row that was asked for; what the asker has no part in is as if it were not there."""
    if not rows:
        raise missing
    return rows[0]

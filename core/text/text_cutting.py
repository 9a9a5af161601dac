"""Shorten long texts."""

from __future__ import annotations

from typing import Any

CUT = "…"


def cut(text: str, most: int) -> str:
    """Return `text`, or its beginning and an ellipsis if it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1] + CUT


def cut_all(value: Any, most: int) -> Any:
    """Shorten each text in a value of dicts and lists. Other values, such as amounts of money, stay as they are."""
    if isinstance(value, str):
        return cut(value, most)
    if isinstance(value, dict):
        return {name: cut_all(below, most) for name, below in value.items()}
    if isinstance(value, list):
        return [cut_all(below, most) for below in value]
    return value

"""Modules of other projects that are imported when they are first used, because few requests or installations need them."""

from __future__ import annotations

import importlib
from typing import Any


class _Later:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)


def later(name: str) -> Any:
    """Return a stand-in for the module `name`. The first look at one of its attributes imports it.

    Only for large ones (tests/servers/test_light_start.py). A module of ours is imported where everybody sees it.
    """
    return _Later(name)

"""Test cases in JSON files: addresses and texts with their expected results. Add cases there without writing a test.

Write invisible characters as \\u escapes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def corpus(name: str) -> dict[str, list[Any]]:
    known: dict[str, list[Any]] = json.loads((Path(__file__).parent / f"{name}.json").read_text())
    return known

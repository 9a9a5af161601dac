"""The length of these tests: full with `make nemesis`, short with `NEMESIS=short`."""

from __future__ import annotations

import os

LONG = os.environ.get("NEMESIS") == "1"


def shown(figures: object) -> None:
    """Print the figures of a full run."""
    if LONG:
        print(figures, flush=True)

"""How long these tests are: as long as promised with `make nemesis`, short with `NEMESIS=short`."""

from __future__ import annotations

import os

LONG = os.environ.get("NEMESIS") == "1"


def shown(figures: object) -> None:
    """The long form is run for its figures."""
    if LONG:
        print(figures, flush=True)

"""Process due rows one by one, so that a failing row does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection

logger = logging.getLogger(__name__)

T = TypeVar("T")


def sweep(act: Callable[[T], int], rows: Iterable[T], *, what: str) -> int:
    """Call `act` for each of `rows`, preferably ids, and return the sum of its results.

    A failure is logged; the next sweep tries the row again if it is still due. Only an unreachable database ends the
    sweep, because all other rows would fail too, each after a wait.
    """
    done = 0
    for row in rows:
        try:
            done += act(row)
        except Exception:
            logger.exception("%s: %s could not be processed. Continuing with the next.", what, row)
            if not connection.is_usable():
                raise
    return done

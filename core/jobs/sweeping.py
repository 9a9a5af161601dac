"""One way to go through rows that are due: one that fails holds up none of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection

logger = logging.getLogger(__name__)

T = TypeVar("T")


def sweep(act: Callable[[T], int], rows: Iterable[T], *, what: str) -> int:
    """Do `act` for each of `rows`, best given by their ids, and say how much was done.

    A row that fails is logged, and comes again with the next sweep if it is still due. Only a database that is gone ends
    the sweep, for then all the others would fail as well, each after a wait.
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

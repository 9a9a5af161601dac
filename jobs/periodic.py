"""Run periodic jobs.

Each app registers its jobs when they are imported in `ready()`. Of several workers, the first that claims a job runs it. If
a worker is killed during a job, the rest is done the next time, so running a job twice must be harmless.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from core.errors.failures import is_database_unavailable
from core.jobs.schedule import Row
from jobs.services.claiming import claim

logger = logging.getLogger(__name__)

CLAIM_AGAIN_SECONDS = 5.0


class Clock:
    """Remembers for a worker when to check each job again."""

    def __init__(
        self,
        rows: list[Row],
        now: Callable[[], float] = time.monotonic,
        claim: Callable[[str, float], float] = claim,
    ) -> None:
        self._now, self._claim = now, claim
        self._due = dict.fromkeys(rows, now())

    def run_due(self) -> None:
        """Run the jobs that are due and that no other worker has claimed.

        A failing job is logged and runs again at its next time; the others are not affected. If claiming fails, it is
        tried again soon. If the database is unavailable, the error is raised, and the other jobs run the next time.
        """
        for row, due in self._due.items():
            if due > self._now():
                continue
            self._due[row] = self._now() + min(row.seconds, CLAIM_AGAIN_SECONDS)
            try:
                wait = 0 if row.by_each else self._claim(row.name, row.seconds)
                self._due[row] = self._now() + (wait or row.seconds)
                if not wait:
                    row.run()
            except Exception as error:
                if is_database_unavailable(error):
                    raise
                logger.exception("Periodic job %r failed.", row.name)

"""The periodic table: what a worker does every so often.

Each app registers its rows as it is imported in `ready()`. Of several workers, the first that claims a row runs it. A
worker that is killed while it runs one leaves the rest to the next time, so each must be harmless when it runs twice.
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
    """Remembers for one worker when to look at each row again."""

    def __init__(
        self,
        rows: list[Row],
        now: Callable[[], float] = time.monotonic,
        claim: Callable[[str, float], float] = claim,
    ) -> None:
        self._now, self._claim = now, claim
        self._due = dict.fromkeys(rows, now())

    def run_due(self) -> None:
        """Run what is due and nobody else has run. A row that fails is logged and comes again in its time; the others do
        not notice. Where nothing can be claimed, it is tried again soon; where the database is away, which is raised, the
        others are run the next time."""
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

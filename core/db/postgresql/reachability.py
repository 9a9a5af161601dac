"""Whether the database can be reached, known to the whole process: one thread asks, and all others are told at once.

A database is away when no connection is left and none can be made, or when it is silent for longer than it may work on
a statement, as a frozen one is. Its return is found by a connection of our own, tried twice a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg

logger = logging.getLogger(__name__)

PROBE_SECONDS = 0.5


class Reachability:
    """`is_away` is read for every connection that is asked for; nothing else is done while the database answers."""

    def __init__(self) -> None:
        self.is_away = False
        self._lock = threading.Lock()

    def lose(self, reason: str, probe: Callable[[], None]) -> None:
        """Refuse everybody until `probe`, which raises psycopg's errors, passes."""
        with self._lock:
            if self.is_away:
                return
            self.is_away = True
        logger.warning("The database can't be reached: %s", reason)
        threading.Thread(target=self._watch, args=(probe,), name="database-probe", daemon=True).start()

    def _watch(self, probe: Callable[[], None]) -> None:
        pause = threading.Event()
        while True:
            try:
                probe()
            except psycopg.Error:
                pause.wait(PROBE_SECONDS)
            except BaseException:
                # Not about the database: the requests themselves shall find out.
                self.is_away = False
                raise
            else:
                self.is_away = False
                logger.warning("The database can be reached again.")
                return


reachability = Reachability()

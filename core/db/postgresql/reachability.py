"""Whether the database can be reached, for the whole process: one thread probes it, and all others see the result.

The database counts as down if no connection is left and none can be made, or if it gives no answer for longer than the
statement timeout, as a frozen server does. A probe tries a separate connection twice a second to notice its return.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg

logger = logging.getLogger(__name__)

PROBE_SECONDS = 0.5


class Reachability:
    """Holds `is_away`, which is read for every requested connection. While the database answers there is no other cost."""

    def __init__(self) -> None:
        self.is_away = False
        self._lock = threading.Lock()

    def lose(self, reason: str, probe: Callable[[], None]) -> None:
        """Set `is_away` until `probe` succeeds. `probe` raises psycopg's errors while the database is down."""
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
                # The error is not about the database. Let the requests try again themselves.
                self.is_away = False
                raise
            else:
                self.is_away = False
                logger.warning("The database can be reached again.")
                return


reachability = Reachability()

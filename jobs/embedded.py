"""The worker inside the server, for installations of one process."""

from __future__ import annotations

import atexit
import threading
from functools import cache

from jobs.worker import Worker

PATIENCE = 5.0
"""How long the end of the process waits for the job at hand; a longer one is reclaimed after the next start."""


@cache
def start_embedded_jobs() -> Worker:
    """Start it in a daemon thread, once a process, and stop it when the process ends."""
    worker = Worker()
    thread = threading.Thread(target=worker.run, name="jobs", daemon=True)
    thread.start()

    def stop() -> None:
        worker.stop()
        thread.join(PATIENCE)

    atexit.register(stop)
    return worker

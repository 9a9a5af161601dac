"""The worker inside the server, for installations with a single process."""

from __future__ import annotations

import atexit
import threading
from functools import cache

from jobs.worker import Worker

PATIENCE = 5.0
"""Seconds for which the process waits for the running job when it ends. A longer job is reclaimed after the next start."""


@cache
def start_embedded_jobs() -> Worker:
    """Start the worker in a daemon thread, once per process, and stop it when the process ends."""
    worker = Worker()
    thread = threading.Thread(target=worker.run, name="jobs", daemon=True)
    thread.start()

    def stop() -> None:
        worker.stop()
        thread.join(PATIENCE)

    atexit.register(stop)
    return worker

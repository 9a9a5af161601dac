"""Background jobs, run by the test that waits for them."""

from __future__ import annotations

from jobs.worker import Worker


def run_ready_jobs() -> bool:
    """Run what is due now. Return whether there was anything."""
    return bool(Worker().run_ready())


def run_queued_jobs() -> None:
    """Run what is due, and what follows from it, until nothing is left."""
    while run_ready_jobs():
        pass

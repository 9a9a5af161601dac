"""Run background jobs within a test."""

from __future__ import annotations

from jobs.worker import Worker


def run_ready_jobs() -> bool:
    """Run the jobs that are ready now. Return whether there were any."""
    return bool(Worker().run_ready())


def run_queued_jobs() -> None:
    """Run the ready jobs, and those that they enqueue, until none is left."""
    while run_ready_jobs():
        pass

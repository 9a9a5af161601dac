"""The task that runs people's jobs, and periodic jobs of the installation itself."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django_tasks import task

from core.db.planner_statistics import gather_statistics
from core.jobs.retry import Backoff, retried
from core.jobs.schedule import every
from jobs.queues import PEOPLES_JOBS
from jobs.services.expiring import forget_expired_jobs
from jobs.services.running import run_for_a_while


@retried(Backoff(first=timedelta(seconds=2), most=timedelta(minutes=1)))
@task(queue_name=PEOPLES_JOBS)
def run_job(job_id: str) -> None:
    """Run a person's job for a while. If it has more to do, it goes to the end of the queue."""
    if run_for_a_while(UUID(job_id)):
        run_job.enqueue(job_id)


@every(timedelta(hours=1), name="expired jobs", is_upkeep=True)
def forget_expired() -> None:
    """Delete jobs that ended a while ago, with their files."""
    forget_expired_jobs()


@every(timedelta(days=1), name="statistics of SQLite", is_upkeep=True)
def gather() -> None:
    """Gather the statistics of SQLite's planner. PostgreSQL does that itself."""
    if connection.vendor == "sqlite":
        gather_statistics()

"""End a job: done, failed or cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from jobs.access.kinds import JobError, kind_of
from jobs.models import Job

KEPT_FOR = timedelta(days=7)
"""How long a job is kept whose kind this version does not know."""
MOST_ERRORS = 100
"""How many errors of a job are kept."""


def end_job(
    job: Job, state: Job.State, *, result: dict[str, Any] | None = None, error: JobError | None = None
) -> None:
    """Set the final state of a locked job. Files stay only if they are the result of a job that is done."""
    kind = kind_of(job)
    files = job.files.filter(is_result=False) if state == Job.State.DONE else job.files.all()
    files.delete()
    if error:
        job.errors = [*job.errors[: MOST_ERRORS - 1], error.as_row()]
    job.state, job.result, job.kept = state, result, {}
    job.finished_at = job.pushed_at = timezone.now()
    job.expires_at = job.finished_at + (kind.kept_for if kind else KEPT_FOR)
    job.save(update_fields=["state", "result", "kept", "errors", "finished_at", "pushed_at", "expires_at"])

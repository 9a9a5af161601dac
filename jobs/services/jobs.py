"""Start and cancel jobs, and delete what they have made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from core.db.change import change, lock
from core.errors.refusals import NotFound
from jobs.access.kinds import JobKind
from jobs.models import Job
from jobs.refusals import JobFinished, TooManyJobs
from jobs.services.ending import end_job
from jobs.tasks import run_job

MOST_ACTIVE = 5
"""How many jobs of one person may wait or run."""


@change()
def start_job(*, user: User, kind: JobKind, asked: dict[str, Any] | None = None) -> tuple[Job, bool]:
    """Queue a job, and return it and True.

    If the person may have only one job of this kind, and it is still active, that one and False are returned.
    """
    owner = lock(User.objects.filter(pk=user.pk)).get()
    active = Job.objects.active().filter(user=owner)
    if kind.is_alone and (same := active.filter(kind=kind.name).first()):
        return same, False
    if active.count() >= MOST_ACTIVE:
        raise TooManyJobs
    job = Job.objects.create(user=owner, kind=kind.name, is_alone=kind.is_alone, asked=asked or {})
    run_job.enqueue(str(job.pk))
    return job, True


@change()
def cancel_job(*, user: User, job_id: UUID) -> Job:
    """Cancel a job that waits or runs. Whatever unit runs at this moment is undone as it ends.

    Cancelling a cancelled job changes nothing.
    """
    job = _locked(user, job_id)
    if job.is_active:
        end_job(job, Job.State.CANCELLED)
    elif job.state != Job.State.CANCELLED:
        raise JobFinished
    return job


@change()
def forget_result_file(*, user: User, job_id: UUID) -> None:
    """Delete the file of a job before it expires."""
    job = _locked(user, job_id)
    if not job.files.filter(is_result=True).delete()[0]:
        raise NotFound
    job.result = None
    job.save(update_fields=["result"])


def _locked(user: User, job_id: UUID) -> Job:
    job = lock(Job.objects.filter(user=user, pk=job_id)).first()
    if job is None:
        raise NotFound
    return job


@change()
def forget_jobs_of(*, user: User) -> None:
    """Delete all jobs of a person with their files. One that runs stops at its next unit."""
    Job.objects.filter(user=user).delete()

"""Find the jobs of a person. Nobody finds those of others."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.errors.refusals import NotFound
from jobs.models import Job, JobFile


def jobs_of(user: User) -> QuerySet[Job]:
    """Return the person's jobs, the newest first."""
    return Job.objects.filter(user=user)


def find_job(user: User, job_id: UUID) -> Job:
    job = jobs_of(user).filter(pk=job_id).first()
    if job is None:
        raise NotFound
    return job


def find_result_file(user: User, job_id: UUID) -> JobFile:
    """Return the file that a job of this person has made. Raises NotFound if there is none, or none any more."""
    found = JobFile.objects.filter(job__user=user, job__state=Job.State.DONE, job=job_id, is_result=True)
    file = found.first()
    if file is None:
        raise NotFound
    return file

"""Run a job unit by unit, so that it can be taken up again after the last unit that was committed.

Each unit is written in one change together with `done`. At the end of that change the job's row is locked: if the job
was cancelled meanwhile, or if another worker has done the unit, the change is rolled back. So a cancelled job never
waits for a running unit, and no unit takes effect twice, even if two workers run the same job.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.reading import read_by
from core.db.change import change, lock
from core.errors.failures import is_database_unavailable
from core.errors.refusals import Refusal
from jobs.access.kinds import JobError, JobKind, Written, kind_of
from jobs.models import Job
from jobs.services.ending import MOST_ERRORS, end_job

logger = logging.getLogger(__name__)

SLICE_SECONDS = 5.0
"""After this time a job goes to the end of the queue, so that others get their turn."""
PUSH_EVERY = timedelta(milliseconds=250)
"""Progress is pushed at most this often."""
MOST_FAILURES = 5
"""After this many failures of the same unit the job has failed."""


class Superseded(Exception):
    """The job was cancelled or deleted, or another worker has done this unit. The change is rolled back."""


def run_for_a_while(job_id: UUID) -> bool:
    """Run a job for `SLICE_SECONDS`. Return whether it has more to do.

    A refusal ends the job with its sentence. Other errors are raised, so that the worker tries again later; the last one
    ends the job.
    """
    until = time.monotonic() + SLICE_SECONDS
    job = Job.objects.filter(pk=job_id).first()
    kind = kind_of(job) if job else None
    if job is None or kind is None or not job.is_active:
        return False
    try:
        with read_by(job.user):
            return _run(job, kind, until)
    except Superseded:
        return False
    except Refusal as refusal:
        _fail(job_id, JobError("", str(refusal.get_codes()), str(refusal.detail)))
    except Exception as error:
        if is_database_unavailable(error) or _count_failure(job_id) < MOST_FAILURES:
            raise
        logger.exception("Job %s (%s) has failed.", kind.name, job_id)
        detail = _("Something went wrong on our side. You can start it again.")
        _fail(job_id, JobError("", "internal_error", detail))
    return False


def _run(job: Job, kind: JobKind, until: float) -> bool:
    if job.state == Job.State.QUEUED:
        _start(job, kind)
    while job.done < job.total:
        if time.monotonic() >= until:
            return True
        _step(job, kind)
    _finish(job, kind)
    return False


@change()
def _start(job: Job, kind: JobKind) -> None:
    total = kind.count(job)
    _lock_unchanged(job)
    job.state, job.total, job.pushed_at = Job.State.RUNNING, total, timezone.now()
    job.save(update_fields=["state", "total", "kept", "pushed_at"])


def _step(job: Job, kind: JobKind) -> None:
    prepared = kind.prepare(job)
    with change():
        written = kind.write(job, prepared)
        _lock_unchanged(job)
        _advance(job, written)


def _advance(job: Job, written: Written) -> None:
    job.done = min(job.done + written.units, job.total)
    job.errors = [*job.errors, *(error.as_row() for error in written.errors)][:MOST_ERRORS]
    job.failures = 0
    fields = ["done", "errors", "kept", "failures"]
    now = timezone.now()
    if job.pushed_at is None or not timedelta(0) <= now - job.pushed_at < PUSH_EVERY:
        job.pushed_at = now
        fields.append("pushed_at")
    job.save(update_fields=fields)


@change()
def _finish(job: Job, kind: JobKind) -> None:
    result = kind.finish(job)
    _lock_unchanged(job)
    end_job(job, Job.State.DONE, result=result)


def _lock_unchanged(job: Job) -> None:
    """Lock the row, after whatever its kind has locked. Raise Superseded if it is not as this worker knows it."""
    stored = lock(Job.objects.filter(pk=job.pk)).values_list("state", "done").first()
    if stored != (job.state, job.done):
        raise Superseded


@change()
def _count_failure(job_id: UUID) -> int:
    job = lock(Job.objects.filter(pk=job_id)).first()
    if job is None:
        return MOST_FAILURES
    job.failures += 1
    job.save(update_fields=["failures"])
    return job.failures


@change()
def _fail(job_id: UUID, error: JobError) -> None:
    job = lock(Job.objects.filter(pk=job_id)).first()
    if job is not None and job.is_active:
        end_job(job, Job.State.FAILED, error=error)

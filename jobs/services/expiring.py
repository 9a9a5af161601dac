"""Delete jobs and their files a while after they ended."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from core.db.change import change
from core.jobs.sweeping import sweep
from jobs.models import Job


def forget_expired_jobs() -> int:
    """Delete jobs that ended a while ago, with their files."""
    expired = Job.objects.filter(expires_at__lt=timezone.now()).values_list("pk", flat=True)
    return sweep(_forget, expired.iterator(), what="Expired job")


@change()
def _forget(job_id: UUID) -> int:
    return int(bool(Job.objects.filter(pk=job_id).delete()[0]))

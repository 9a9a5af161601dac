"""What jobs do when something happens in accounts."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import person_removed
from jobs.services.jobs import forget_jobs_of


@receiver(person_removed, dispatch_uid="jobs.forget_jobs_of_removed")
def forget_jobs_of_removed(user: User, **_: Any) -> None:
    forget_jobs_of(user=user)

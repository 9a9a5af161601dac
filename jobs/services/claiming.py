"""Claim periodic jobs: of several workers, the first that claims a job runs it, for one period.

The table has the time when each job is due next, by the database's clock, which is the same for all workers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from jobs.models import PeriodicRun

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_TAKEN_JUST_NOW = 1.0


def claim(name: str, seconds: float) -> float:
    """Claim the job. Return 0 if the caller should run it now, else the seconds until it is due.

    It reads before it writes, because on SQLite each write takes the only write lock. A due time more than a period away
    comes from a clock that was set back since, so it is ignored.
    """
    found = _due_in(name)
    if found is None:
        PeriodicRun.objects.get_or_create(name=name, defaults={"due_at": _LONG_AGO})
    elif 0 < found <= seconds:
        return found
    period = timedelta(seconds=seconds)
    is_due = Q(due_at__lte=Now()) | Q(due_at__gt=Now() + period)
    claimed = PeriodicRun.objects.filter(is_due, name=name).update(due_at=Now() + period)
    return 0 if claimed else _TAKEN_JUST_NOW


def _due_in(name: str) -> float | None:
    times = PeriodicRun.objects.filter(name=name).values_list("due_at", Now()).first()
    return None if times is None else (times[0] - times[1]).total_seconds()

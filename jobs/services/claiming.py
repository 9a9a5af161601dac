"""Which of several workers runs a row of the periodic table: the first that claims it, for one period.

The table holds when each is due next, by the database's clock, which is the same for all workers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from jobs.models import PeriodicRun

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_TAKEN_JUST_NOW = 1.0


def claim(name: str, seconds: float) -> float:
    """0 if it is for the caller to run now; else for how many seconds it is not.

    It looks first: on SQLite each write takes the one write lock. A time further away than a period was written by a
    clock that has been put back since, and holds nobody up.
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

"""The progress of a job is pushed to its owner, but not after each unit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from jobs.access import kinds
from jobs.models import Job
from jobs.services import running
from jobs.services.jobs import start_job
from jobs.tests.noting import NOTING
from realtime.models import Event
from tests.support.workers import run_queued_jobs


@pytest.fixture(autouse=True)
def noting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, NOTING.name, NOTING)


def progress() -> list[str]:
    return [frame for frame in Event.objects.values_list("frame", flat=True) if "job_progress" in frame]


def test_progress_is_pushed_four_times_a_second_at_most(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit takes 50 ms here, so that every fifth unit is told, and the beginning and the end are."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        write = type(NOTING).write

        def taking_time(self: Any, job: Job, prepared: Any) -> Any:
            clock.shift(0.05)
            return write(self, job, prepared)

        monkeypatch.setattr(type(NOTING), "write", taking_time)
        start_job(user=alice, kind=NOTING, asked={"units": 20})
        run_queued_jobs()
    assert len(progress()) == 1 + 20 // 5 + 1


def test_control_every_unit_is_pushed_without_the_bound(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PUSH_EVERY", timedelta(0))
    start_job(user=alice, kind=NOTING, asked={"units": 20})
    run_queued_jobs()
    assert len(progress()) == 1 + 20 + 1

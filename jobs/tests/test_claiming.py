"""Of several workers one claims a periodic job, by the database's clock."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connections
from django.db.models.functions import Now
from django.utils import timezone

from core.jobs import schedule
from jobs import periodic
from jobs.models import PeriodicRun
from jobs.services.claiming import claim

ROW = ("reveal", 30.0)


def due_in(seconds: float) -> None:
    PeriodicRun.objects.filter(name=ROW[0]).update(due_at=Now() + timedelta(seconds=seconds))


def test_job_is_claimed_once_per_period(db: None) -> None:
    assert claim(*ROW) == 0
    assert 28 < claim(*ROW) <= 30
    due_in(-1)
    assert claim(*ROW) == 0


def test_wrong_clock_of_a_worker_does_not_change_claims(db: None) -> None:
    assert claim(*ROW) == 0
    for shift in (-120, 120):
        with time_machine.travel(timezone.now() + timedelta(seconds=shift)):
            assert 25 < claim(*ROW) <= 30


def test_due_time_beyond_the_period_is_ignored(db: None) -> None:
    """The database's clock was set back."""
    assert claim(*ROW) == 0
    due_in(3600)
    assert claim(*ROW) == 0


def run_by(workers: int) -> int:
    """Return how often a due job runs if several workers check it at once."""
    ran: list[None] = []
    row = schedule.Row(*ROW, lambda: ran.append(None))
    together = Barrier(workers)

    def look() -> None:
        clock = periodic.Clock([row])
        together.wait()
        clock.run_due()
        connections.close_all()

    threads = [Thread(target=look) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return len(ran)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_several_concurrent_workers_runs_the_job() -> None:
    assert run_by(6) == 1
    due_in(-1)
    assert run_by(6) == 1


@pytest.mark.django_db(transaction=True)
def test_control_every_worker_runs_the_job_without_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic.Clock.__init__, "__defaults__", (lambda: 1.0, lambda *_: 0))
    assert run_by(3) == 3


def test_job_by_each_worker_runs_in_all_workers(db: None) -> None:
    ran: list[None] = []
    row = schedule.Row("forget mails", 60, lambda: ran.append(None), by_each=True)
    for _ in range(2):
        periodic.Clock([row]).run_due()
    assert len(ran) == 2
    assert {row.name for row in schedule.table() if row.by_each} == {
        "deliver webhooks",
        "forget mails",
        "push notices",
    }


def test_failed_claim_is_tried_again_soon() -> None:
    passed, ran, is_away = [0.0], list[float](), [True, False]

    def claims(*_: object) -> float:
        if is_away.pop(0):
            raise OSError
        return 0

    clock = periodic.Clock([schedule.Row("x", 60, lambda: ran.append(passed[0]))], lambda: passed[0], claims)
    for passed[0] in (0, 4, 5, 6):
        clock.run_due()
    assert ran == [5]

"""A job does each unit once, whatever happens in between, and stops when it is cancelled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from accounts.services.people import remove_user
from core.errors.refusals import Forbidden
from jobs import worker as workers
from jobs.access import kinds
from jobs.models import Job, JobFile
from jobs.refusals import JobFinished, TooManyJobs
from jobs.services import running
from jobs.services.expiring import forget_expired_jobs
from jobs.services.jobs import cancel_job, start_job
from jobs.tests.noting import NOTING, UNITS
from jobs.worker import STALE, Worker, reclaim_stale_jobs
from tests.support.running.site import shared_database_url
from tests.support.workers import run_queued_jobs


@pytest.fixture(autouse=True)
def noting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(kinds._kinds, NOTING.name, NOTING)
    yield
    NOTING.pause = 0.0


def started(user: User, **asked: Any) -> Job:
    return start_job(user=user, kind=NOTING, asked=asked)[0]


def noted(user: User) -> list[int]:
    rows = user.notifications.filter(kind="noting").values_list("about", flat=True)
    return sorted(int(about) for about in rows)


def test_job_runs_all_units_and_keeps_errors_and_result(alice: User) -> None:
    job = started(alice, bad=[3])
    assert (job.state, job.total, job.finished_at) == ("queued", 0, None)
    run_queued_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == ("done", UNITS, UNITS, {"noted": UNITS})
    assert job.errors == [{"pointer": "/units/3", "code": "bad", "detail": "This one is bad."}]
    assert job.finished_at
    assert job.expires_at == job.finished_at + timedelta(days=7)
    assert noted(alice) == list(range(UNITS))


def test_long_job_lets_others_run_in_between(alice: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SLICE_SECONDS", 0.0)
    first, second = started(alice), started(bob)
    worker = Worker()
    for queued in range(2):
        assert DBTaskResult.objects.ready().count() == 2, queued
        job = worker_step(worker)
        assert job == str((first, second)[queued].pk)


def worker_step(worker: Worker) -> str:
    """Run one task, and return the id of its job."""
    task = workers._claim(worker.id)
    assert task is not None
    worker._run(task)
    return str(task.args_kwargs["args"][0])


def test_step_of_a_second_worker_is_undone(alice: User) -> None:
    started(alice)
    job = Job.objects.get()
    running._start(job, NOTING)
    same = Job.objects.get()
    running._step(job, NOTING)
    with pytest.raises(running.Superseded):
        running._step(same, NOTING)
    assert noted(alice) == [0]


def test_control_unit_is_done_twice_without_the_check(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_lock_unchanged", lambda job: None)
    started(alice)
    job = Job.objects.get()
    running._start(job, NOTING)
    same = Job.objects.get()
    running._step(job, NOTING)
    running._step(same, NOTING)
    assert noted(alice) == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_job_survives_kill_9_and_does_nothing_twice(alice: User) -> None:
    job = started(alice)
    for _ in range(2):
        before = len(noted(alice))
        worker = slow_worker()
        try:
            wait_until(lambda before=before: len(noted(alice)) > before)
        finally:
            worker.kill()
            worker.wait()
        DBTaskResult.objects.update(started_at=Now() - STALE - timedelta(seconds=1))
        reclaim_stale_jobs()
    assert 2 <= len(noted(alice)) < UNITS
    run_queued_jobs()
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", UNITS)
    assert noted(alice) == list(range(UNITS))


SLOW_WORKER = "import django; django.setup(); from jobs.tests.noting import run_slowly; run_slowly()"


def slow_worker() -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-c", SLOW_WORKER],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": shared_database_url(), "DJANGO_SETTINGS_MODULE": "wishlist_project.settings"},
        text=True,
        stdout=subprocess.PIPE,
    )
    assert worker.stdout
    assert worker.stdout.readline() == "Ready.\n"
    return worker


def wait_until(is_so: Any, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_cancelled_job_stops_and_keeps_what_is_done(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cancelled while unit 4 runs. That unit is undone, and none follows."""
    job = started(alice)

    def cancelling(self: Any, job: Job) -> int:
        if job.done == 4:
            cancel_job(user=alice, job_id=job.pk)
        return job.done

    monkeypatch.setattr(type(NOTING), "prepare", cancelling)
    run_queued_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == ("cancelled", 4, None)
    assert noted(alice) == [0, 1, 2, 3]
    assert cancel_job(user=alice, job_id=job.pk).state == "cancelled"


def test_finished_job_cannot_be_cancelled(alice: User) -> None:
    job = started(alice)
    run_queued_jobs()
    with pytest.raises(JobFinished):
        cancel_job(user=alice, job_id=job.pk)


def test_refusal_ends_the_job_with_its_sentence(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(self: Any, job: Job, prepared: Any) -> None:
        raise Forbidden("Not you.")

    monkeypatch.setattr(type(NOTING), "write", refusing)
    job = started(alice)
    run_queued_jobs()
    job.refresh_from_db()
    assert (job.state, job.done) == ("failed", 0)
    assert job.errors == [{"pointer": "", "code": "forbidden", "detail": "Not you."}]


def test_failing_unit_is_tried_five_times(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def failing(self: Any, job: Job, prepared: Any) -> None:
        tries.append(job.done)
        raise RuntimeError("not today")

    monkeypatch.setattr(type(NOTING), "write", failing)
    job = started(alice)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(9):
            run_queued_jobs()
            clock.shift(120)
    job.refresh_from_db()
    assert (job.state, len(tries)) == ("failed", 5)
    assert job.errors[0]["code"] == "internal_error"
    assert "not today" not in str(job.errors)


def test_person_has_at_most_five_active_jobs(alice: User, bob: User) -> None:
    for _ in range(5):
        started(alice)
    with pytest.raises(TooManyJobs):
        started(alice)
    started(bob)


def test_expired_jobs_are_deleted_with_their_files(alice: User) -> None:
    old, new = started(alice), started(alice)
    run_queued_jobs()
    JobFile.objects.create(job=old, name="x", is_result=True, content=b"x")
    Job.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert forget_expired_jobs() == 1
    assert list(Job.objects.all()) == [new]
    assert not JobFile.objects.exists()


def test_deleted_account_has_no_jobs(alice: User) -> None:
    started(alice)
    remove_user(user=alice)
    assert not Job.objects.exists()
    run_queued_jobs()
    assert noted(alice) == []

"""Jobs commit with their cause, are retried and reclaimed, and the worker stops cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accounts.services.mail import send_mail
from accounts.services.people import register_user
from core.jobs import schedule
from core.jobs.retry import Backoff
from jobs import periodic, worker
from jobs.embedded import start_embedded_jobs
from jobs.worker import STALE, Worker, reclaim_stale_jobs


@task()
def fragile() -> None:
    raise RuntimeError("not today")


class Broken(EmailBackend):
    """A mail backend that raises the given failures, then works."""

    failures: list[Exception] = []

    def send_messages(self, messages: object) -> int:
        if self.failures:
            raise self.failures.pop(0)
        return super().send_messages(messages)  # type: ignore[arg-type]


@pytest.fixture
def broken(settings: pytest.FixtureRequest) -> Iterator[list[Exception]]:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"  # type: ignore[attr-defined]
    yield Broken.failures
    Broken.failures.clear()


def test_registration_sends_a_welcome_mail_by_a_job(db: None) -> None:
    register_user(
        email="dora@example.com", password="a long password", display_name="Buy now! http://spam.example"
    )
    assert mail.outbox == []
    assert Worker().run_ready() == 1
    (sent,) = mail.outbox
    assert sent.to == ["dora@example.com"]
    assert sent.subject == "Your account is ready"
    assert settings.SITE_URL in sent.body
    assert "spam" not in sent.body


@pytest.mark.django_db(transaction=True)
def test_rollback_sends_no_mail() -> None:
    with transaction.atomic():
        send_mail(to="dora@example.com", template="welcome")
        transaction.set_rollback(True)
    assert Worker().run_ready() == 0
    assert not DBTaskResult.objects.exists()


def test_mail_is_retried_until_accepted(db: None, broken: list[Exception]) -> None:
    broken += [
        SMTPServerDisconnected(),
        TimeoutError(),
        OSError("no route"),
        *([ConnectionRefusedError()] * 12),
    ]
    send_mail(to="dora@example.com", template="welcome")
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while Worker().run_ready() and not mail.outbox:
            job = DBTaskResult.objects.get()
            assert job.status == TaskResultStatus.READY
            waits.append((job.run_after - timezone.now()).total_seconds())
            assert Worker().run_ready() == 0
            clock.shift(waits[-1])
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600, 3600, 3600]
    assert len(mail.outbox) == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.parametrize(("code", "status"), [(550, "FAILED"), (450, "READY")])
def test_permanently_refused_recipient_is_given_up(
    db: None, broken: list[Exception], code: int, status: str
) -> None:
    broken.append(SMTPRecipientsRefused({"dora@example.com": (code, b"no")}))
    send_mail(to="dora@example.com", template="welcome")
    Worker().run_ready()
    assert DBTaskResult.objects.get().status == status


def test_job_without_retry_fails_once_and_stays_in_the_table(db: None) -> None:
    fragile.enqueue()
    send_mail(to="dora@example.com", template="welcome")
    assert Worker().run_ready() == 2
    job = DBTaskResult.objects.failed().get()
    assert "not today" in job.traceback
    assert len(mail.outbox) == 1


NEWER = {
    "unknown function": {"task_path": "accounts.tasks.send_mail_by_pigeon"},
    "unknown module": {"task_path": "accounts.pigeons.send_mail_job"},
    "not a task": {"task_path": "accounts.tasks.deliver"},
    "unknown queue": {"queue_name": "pigeons"},
    "unknown backend": {"backend_name": "pigeons"},
    "unknown argument": {"args_kwargs": {"args": [], "kwargs": {"loft": "roof"}}},
}


@pytest.mark.parametrize("newer", NEWER.values(), ids=NEWER)
def test_job_of_a_newer_version_waits_for_a_newer_worker(db: None, newer: dict[str, object]) -> None:
    send_mail(to="dora@example.com", template="welcome")
    known = DBTaskResult.objects.values("task_path", "args_kwargs", "queue_name", "backend_name").get()
    DBTaskResult.objects.update(**newer)
    waits = []
    with time_machine.travel(DBTaskResult.objects.get().enqueued_at, tick=False) as clock:
        for _ in range(9):
            assert Worker().run_ready() == 1
            assert Worker().run_ready() == 0
            job = DBTaskResult.objects.get()
            waits.append((job.run_after - timezone.now()).total_seconds())
            clock.shift(waits[-1])
        assert waits == [5, 5, 10, 20, 40, 60, 60, 60, 60]
        assert (job.status, job.worker_ids, mail.outbox) == (TaskResultStatus.READY, [], [])
        DBTaskResult.objects.update(**known)
        assert Worker().run_ready() == 1
    assert len(mail.outbox) == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_control_mail_is_lost_if_unknown_jobs_fail(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_leave_to_newer_workers", lambda job, error: job.set_failed(error))
    send_mail(to="dora@example.com", template="welcome")
    known = DBTaskResult.objects.values("task_path").get()
    DBTaskResult.objects.update(task_path="accounts.tasks.send_mail_by_pigeon")
    Worker().run_ready()
    DBTaskResult.objects.update(**known)
    assert (Worker().run_ready(), mail.outbox) == (0, [])


def test_unknown_job_fails_after_a_week(db: None) -> None:
    send_mail(to="dora@example.com", template="welcome")
    DBTaskResult.objects.update(task_path="accounts.tasks.gone")
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        Worker().run_ready()
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_job_of_a_killed_worker_is_reclaimed(db: None) -> None:
    send_mail(to="dora@example.com", template="welcome")
    claimed = claim_job("gone")
    reclaim_stale_jobs()
    assert Worker().run_ready() == 0
    DBTaskResult.objects.update(started_at=Now() - STALE - timedelta(seconds=1))
    reclaim_stale_jobs()
    assert Worker().run_ready() == 1
    assert len(mail.outbox) == 1
    assert DBTaskResult.objects.get().pk == claimed.pk


def claim_job(worker_id: str) -> DBTaskResult:
    job = worker._claim(worker_id)
    assert job is not None
    return job


@pytest.mark.parametrize("shift", [-120, 120])
def test_wrong_clock_of_a_worker_reclaims_no_running_job(db: None, shift: int) -> None:
    """It does not matter whether its clock is wrong or that of the worker that runs the job."""
    send_mail(to="dora@example.com", template="welcome")
    with time_machine.travel(timezone.now() + timedelta(seconds=shift)):
        job = claim_job("slow")
    reclaim_stale_jobs()
    worker._vouch(job)
    with time_machine.travel(timezone.now() + timedelta(seconds=shift)):
        reclaim_stale_jobs()
        assert Worker().run_ready() == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING


def test_control_job_runs_twice_by_the_clocks_of_workers(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "Now", timezone.now)
    send_mail(to="dora@example.com", template="welcome")
    claim_job("slow")
    with time_machine.travel(timezone.now() + timedelta(seconds=120)):
        reclaim_stale_jobs()
        assert Worker().run_ready() == 1


def test_backoff_doubles_up_to_its_maximum() -> None:
    backoff = Backoff(first=timedelta(seconds=1), most=timedelta(minutes=1))
    assert [backoff.after(n).total_seconds() for n in (1, 2, 3, 6, 7, 1000)] == [1, 2, 4, 32, 60, 60]


def test_due_periodic_jobs_run_in_spite_of_failures() -> None:
    ran: list[str] = []

    def fails() -> None:
        ran.append("fails")
        raise RuntimeError

    rows = [schedule.Row("fails", 60, fails), schedule.Row("works", 10, lambda: ran.append("works"))]
    passed = [0.0]
    clock = periodic.Clock(rows, lambda: passed[0], lambda *_: 0)
    for passed[0] in (0, 5, 11, 61):
        clock.run_due()
    assert ran == ["fails", "works", "works", "fails", "works"]


def test_every_periodic_job_runs(db: None) -> None:
    rows = schedule.table()
    assert {"forget what is over", "reclaim stale jobs"} <= {row.name for row in rows}
    for row in rows:
        row.run()


@pytest.mark.django_db(transaction=True)
def test_embedded_worker_starts_once_and_stops() -> None:
    started = start_embedded_jobs()
    assert start_embedded_jobs() is started
    thread = next(thread for thread in threading.enumerate() if thread.name == "jobs")
    started.stop()
    thread.join(10)
    assert not thread.is_alive()
    start_embedded_jobs.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_worker_command_runs_jobs_and_stops_on_sigterm() -> None:
    database = settings.DATABASES["default"]
    url = (
        f"sqlite:///{database['NAME']}"
        if settings.EMBEDDED_DATABASE
        else "postgres://{USER}@{HOST}:{PORT}/{NAME}".format(**database)
    )
    send_mail(to="dora@example.com", template="welcome")
    environment = os.environ | {"DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "Waiting for jobs.\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stdout.read() == "The worker has stopped.\n"
    finally:
        process.kill()
    assert DBTaskResult.objects.get().status in (TaskResultStatus.SUCCESSFUL, TaskResultStatus.READY)

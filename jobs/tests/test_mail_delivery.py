"""A mail server that hangs delays mail only for a limited time, and delays nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.db import connections
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts.mail import smtp
from accounts.services.mail import send_mail
from core.jobs import schedule
from jobs import periodic
from jobs.worker import Worker
from tests.support.hanging_smtp import (
    Server,
    accept_mail,
    hang_after_the_mail,
    say_nothing,
    smtp_server,
    trickle,
)

LONG = 60


@pytest.fixture(autouse=True)
def by_smtp(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "accounts.mail.smtp.TimedBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
    settings.EMAIL_TIMEOUT = 10


def send_to(server: Server, settings: Settings) -> None:
    settings.EMAIL_PORT = server.port
    EmailMessage("Hello", "You", to=["dora@example.com"]).send()


def watchdogs() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


@pytest.mark.once
def test_mail_is_delivered_and_its_watchdog_ends(settings: Settings) -> None:
    with smtp_server(accept_mail) as server:
        send_to(server, settings)
        assert "Subject: Hello" in server.mails[0]
    for thread in watchdogs():
        thread.join(10)  # a cancelled timer ends at once
    assert watchdogs() == []


@pytest.mark.once
def test_silent_server_is_given_up_after_the_timeout(settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    with smtp_server(say_nothing) as server, pytest.raises(SMTPServerDisconnected):
        send_to(server, settings)


@pytest.mark.once
def test_server_that_never_finishes_is_cut_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "DELIVERY_SECONDS", 0.3)
    with smtp_server(trickle) as server:
        with pytest.raises(SMTPServerDisconnected):
            send_to(server, settings)
        assert server.trickled < 40


@pytest.mark.once
def test_control_server_is_read_to_the_end_without_a_total_timeout(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with smtp_server(trickle) as server:
        with pytest.raises(SMTPServerDisconnected):
            send_to(server, settings)
        assert server.trickled == 40


@pytest.mark.once
def test_accepted_mail_counts_as_sent_even_if_quit_hangs(settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    with smtp_server(hang_after_the_mail) as server:
        send_to(server, settings)
        assert len(server.mails) == 1


# --- the worker ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return an event that the periodic job sets. The upkeep job hangs too."""
    done, never = threading.Event(), threading.Event()
    rows = [
        schedule.Row("reveal", 1, done.set),
        schedule.Row("prune", 1, lambda: never.wait(LONG), is_upkeep=True),
    ]
    monkeypatch.setattr(schedule, "table", lambda: rows)
    monkeypatch.setattr(periodic.Clock, "release", never.set, raising=False)
    return done


@contextmanager
def working_against(server: Server, settings: Settings) -> Iterator[None]:
    """Run a worker that is sending a mail to that server, with more mails in the queue."""
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.port, LONG
    for _ in range(3):
        send_mail(to="dora@example.com", template="welcome")
    worker = Worker()
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    try:
        assert server.accepted.wait(LONG)
        yield
    finally:
        worker.stop()
        periodic.Clock.release()  # type: ignore[attr-defined]
        server.over.set()
        thread.join(LONG)
        assert not thread.is_alive()
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_periodic_job_does_not_wait_for_a_hanging_mail_server(
    settings: Settings, ran: threading.Event
) -> None:
    with smtp_server(say_nothing) as server, working_against(server, settings):
        ran.clear()
        assert ran.wait(LONG / 2)
        ran.clear()
        assert ran.wait(LONG / 2)
        assert DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_periodic_job_waits_for_the_mail_server_in_one_lane(
    settings: Settings, ran: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_lane(worker: Worker) -> dict[str, list[object]]:
        prompt = [row for row in schedule.table() if not row.is_upkeep]
        return {"all": [worker.run_ready, periodic.Clock(prompt).run_due]}

    monkeypatch.setattr(Worker, "_lanes", one_lane)
    with smtp_server(say_nothing) as server, working_against(server, settings):
        assert not ran.wait(1)


def test_jobs_with_deadlines_are_not_upkeep() -> None:
    prompt = {row.name for row in schedule.table() if not row.is_upkeep}
    assert {"reveal", "lapses", "lines", "deadlines of collections", "reminders of lapses"} <= prompt
    assert not [name for name in prompt if "forget" in name or "prune" in name]

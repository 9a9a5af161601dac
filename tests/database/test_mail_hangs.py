"""While a mail server hangs, the worker still reveals lists, lapses reservations and ends collections."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts.models import User
from accounts.services.mail import send_mail
from core.jobs import schedule
from jobs.worker import Worker
from tests.support.hanging_smtp import say_nothing, smtp_server
from wishlists.models import Collection, Item, Reservation, Wishlist


@pytest.mark.django_db(transaction=True)
def test_due_jobs_run_while_mail_hangs(
    settings: Settings, wishlist: Wishlist, item: Item, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [replace(row, seconds=1) for row in schedule.table()]
    monkeypatch.setattr(schedule, "table", lambda: rows)
    for _ in range(20):
        send_mail(to="dora@example.com", template="welcome")
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "accounts.mail.smtp.TimedBackend", 60
    with smtp_server(say_nothing) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        worker = Worker()
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        try:
            assert server.accepted.wait(20)
            _fall_due(wishlist, item, bob)
            deadline = time.monotonic() + 20
            while _is_due():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count() == 1
        finally:
            worker.stop()
            server.over.set()
            thread.join(30)
            connections.close_all()


def _fall_due(wishlist: Wishlist, item: Item, bob: User) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Wishlist.objects.filter(pk=wishlist.pk).update(reveal_at=past, lapse_days=1)
    Item.objects.filter(pk=item.pk).update(units_taken=1)
    Reservation.objects.create(item=item, user=bob, currency="EUR", is_offer=True, lapses_at=past)
    Collection.objects.create(wishlist=wishlist, organiser=bob, currency="EUR", deadline_at=past)


def _is_due() -> bool:
    lists, held = Wishlist.objects.filter(revealed_at=None), Reservation.objects.active()
    return lists.exists() or held.exists() or Collection.objects.open().exists()

"""Fixtures for the tests of news by mail, push and feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Notification, User
from accounts.projections import notice_payloads
from accounts.services.inbox import notify
from notices.tasks import mail_what_is_due
from tests.support.workers import run_queued_jobs

TUESDAY = datetime(2026, 12, 1, 12, tzinfo=UTC)

Pass = Callable[..., None]
"""Moves the clock on, and then runs what is due. Takes arguments of `timedelta`."""


def tell(user: User, kind: str, title: str, **more: Any) -> list[Notification]:
    """Notify a user, with something for each key that the kind declares."""
    payload = dict.fromkeys(sorted(notice_payloads._declared.get(kind, notice_payloads._NONE).always), "x")
    return notify(users=[user], kind=kind, title=title, payload=payload, **more)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def wait(clock: time_machine.Traveller, db: None) -> Pass:
    def pass_time(**span: float) -> None:
        clock.shift(timedelta(**span))
        mail_what_is_due()
        run_queued_jobs()

    return pass_time

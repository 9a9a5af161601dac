"""Refresh tokens work once, and reuse of an old one ends the session (G9)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models.functions import Now
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings
from rest_framework_simplejwt.views import TokenRefreshView

from accounts.models import Session, User
from accounts.services.people import deactivate_user, remove_user
from accounts.services.sessions import Tokens
from core.tests.slow_writes import slow_writes
from tests.support.api_clients import Api, logged_in

AT_ONCE = 16


def refresh(token: str) -> Any:
    return Api()("POST", "/auth/refresh", {"refresh_token": token})


def all_at_once(refresh_once: Callable[[], int]) -> list[int]:
    """Return the statuses of AT_ONCE requests that start together, each with its own connection."""
    ready = Barrier(AT_ONCE)

    def run(_number: int) -> int:
        ready.wait()
        try:
            return refresh_once()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_concurrent_refreshes_succeeds_and_the_session_lives(alice: User) -> None:
    tokens = logged_in(alice)
    answers: list[Any] = []

    def once() -> int:
        answers.append(refresh(tokens["refresh_token"]))
        return int(answers[-1].status_code)

    # As in the control below: without the lock, several would read before the first has written.
    with slow_writes(Session) if connection.vendor == "postgresql" else nullcontext():
        assert sorted(all_at_once(once)) == [200] + [401] * (AT_ONCE - 1)
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert Session.objects.live().count() == 1
    assert Api(winner["access_token"])("GET", "/users/me").status_code == 200
    assert refresh(winner["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_control_view_of_simplejwt_lets_all_succeed(alice: User) -> None:
    """Shows that the test above can fail: simplejwt's own refresh view gives new tokens to all."""
    token = logged_in(alice)["refresh_token"]
    view = TokenRefreshView.as_view()

    def once() -> int:
        request = RequestFactory().post("/", {"refresh": token}, "application/json")
        return int(view(request).status_code)

    assert all_at_once(once) == [200] * AT_ONCE


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_several_succeed_without_the_lock(alice: User, settings: Settings) -> None:
    """Only on PostgreSQL, because on SQLite a change holds the only write lock anyway."""
    settings.TEST_WITHOUT_LOCKS = True

    def lost_race() -> bool:
        token = logged_in(alice)["refresh_token"]
        return all_at_once(lambda: int(refresh(token).status_code)).count(200) > 1

    with slow_writes(Session):
        assert any(lost_race() for _attempt in range(3))


@pytest.fixture
def reused(alice: User) -> Callable[[float], tuple[int, Tokens]]:
    """Refresh once, wait, and send the used token again. Returns that status, and the tokens of the first refresh."""

    def run(seconds: float) -> tuple[int, Tokens]:
        spent = logged_in(alice)
        newest = refresh(spent["refresh_token"]).json()
        Session.objects.filter(user=alice).update(rotated_at=Now() - timedelta(seconds=seconds))
        return refresh(spent["refresh_token"]).status_code, newest

    return run


@pytest.mark.django_db(transaction=True)
def test_reuse_within_the_leeway_keeps_the_session(reused: Callable[[float], tuple[int, Tokens]]) -> None:
    status, newest = reused(5)
    assert status == 401
    assert Api(newest["access_token"])("GET", "/users/me").status_code == 200
    assert refresh(newest["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shift", [-50, 50])
def test_retry_at_a_server_with_another_clock_keeps_the_session(alice: User, shift: int) -> None:
    spent = logged_in(alice)
    newest = refresh(spent["refresh_token"]).json()
    with time_machine.travel(timezone.now() + timedelta(seconds=shift)):
        assert refresh(spent["refresh_token"]).status_code == 401
    assert refresh(newest["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_reuse_after_the_leeway_ends_the_session_for_good(
    reused: Callable[[float], tuple[int, Tokens]], bob: User
) -> None:
    bystander = logged_in(bob)
    status, newest = reused(11)
    assert status == 401
    assert Session.objects.exclude(ended_at=None).count() == 1
    assert Api(newest["access_token"])("GET", "/users/me").status_code == 401
    assert refresh(newest["refresh_token"]).status_code == 401
    assert refresh(bystander["refresh_token"]).status_code == 200


def test_reuse_of_an_older_token_ends_the_session_at_once(alice: User) -> None:
    first = logged_in(alice)
    second = refresh(first["refresh_token"]).json()
    third = refresh(second["refresh_token"]).json()
    assert refresh(first["refresh_token"]).status_code == 401
    assert refresh(third["refresh_token"]).status_code == 401


@pytest.mark.parametrize("leave", [deactivate_user, remove_user])
def test_inactive_or_deleted_user_gets_401(alice: User, leave: Callable[..., User]) -> None:
    tokens = logged_in(alice)
    leave(user=alice)
    assert refresh(tokens["refresh_token"]).status_code == 401
    assert Api(tokens["access_token"])("GET", "/users/me").status_code == 401


def test_refresh_for_a_deleted_row_gets_401(alice: User) -> None:
    tokens = logged_in(alice)
    alice.delete()
    assert refresh(tokens["refresh_token"]).status_code == 401

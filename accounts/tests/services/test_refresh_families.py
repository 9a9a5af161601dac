"""G9: refresh tokens are single-use families."""

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
    """The status of each of AT_ONCE requests that start together, each with a connection of its own."""
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
def test_of_many_at_once_one_succeeds_and_the_family_lives(alice: User) -> None:
    tokens = logged_in(alice)
    answers: list[Any] = []

    def once() -> int:
        answers.append(refresh(tokens["refresh_token"]))
        return int(answers[-1].status_code)

    # As in the control below: without the lock, several would look before the first has written.
    with slow_writes(Session) if connection.vendor == "postgresql" else nullcontext():
        assert sorted(all_at_once(once)) == [200] + [401] * (AT_ONCE - 1)
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert Session.objects.live().count() == 1
    assert Api(winner["access_token"])("GET", "/users/me").status_code == 200
    assert refresh(winner["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_control_the_stock_view_lets_all_succeed(alice: User) -> None:
    """So the test above can fail: simplejwt's own refresh view gives each of them a successor."""
    token = logged_in(alice)["refresh_token"]
    view = TokenRefreshView.as_view()

    def once() -> int:
        request = RequestFactory().post("/", {"refresh": token}, "application/json")
        return int(view(request).status_code)

    assert all_at_once(once) == [200] * AT_ONCE


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_several_succeed(alice: User, settings: Settings) -> None:
    """On SQLite a change holds the one write lock anyway."""
    settings.TEST_WITHOUT_LOCKS = True

    def lost_race() -> bool:
        token = logged_in(alice)["refresh_token"]
        return all_at_once(lambda: int(refresh(token).status_code)).count(200) > 1

    with slow_writes(Session):
        assert any(lost_race() for _attempt in range(3))


@pytest.fixture
def reused(alice: User) -> Callable[[float], tuple[int, Tokens]]:
    """Refresh once, wait, send the spent token again: its status, and the tokens that were bought."""

    def run(seconds: float) -> tuple[int, Tokens]:
        spent = logged_in(alice)
        newest = refresh(spent["refresh_token"]).json()
        Session.objects.filter(user=alice).update(rotated_at=Now() - timedelta(seconds=seconds))
        return refresh(spent["refresh_token"]).status_code, newest

    return run


@pytest.mark.django_db(transaction=True)
def test_within_the_leeway_it_is_a_retry(reused: Callable[[float], tuple[int, Tokens]]) -> None:
    status, newest = reused(5)
    assert status == 401
    assert Api(newest["access_token"])("GET", "/users/me").status_code == 200
    assert refresh(newest["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shift", [-50, 50])
def test_a_retry_at_a_server_whose_clock_differs_is_no_theft(alice: User, shift: int) -> None:
    spent = logged_in(alice)
    newest = refresh(spent["refresh_token"]).json()
    with time_machine.travel(timezone.now() + timedelta(seconds=shift)):
        assert refresh(spent["refresh_token"]).status_code == 401
    assert refresh(newest["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_after_it_the_family_is_dead_and_that_is_committed(
    reused: Callable[[float], tuple[int, Tokens]], bob: User
) -> None:
    bystander = logged_in(bob)
    status, newest = reused(11)
    assert status == 401
    assert Session.objects.exclude(ended_at=None).count() == 1
    assert Api(newest["access_token"])("GET", "/users/me").status_code == 401
    assert refresh(newest["refresh_token"]).status_code == 401
    assert refresh(bystander["refresh_token"]).status_code == 200


def test_an_older_ancestor_kills_at_once(alice: User) -> None:
    first = logged_in(alice)
    second = refresh(first["refresh_token"]).json()
    third = refresh(second["refresh_token"]).json()
    assert refresh(first["refresh_token"]).status_code == 401
    assert refresh(third["refresh_token"]).status_code == 401


@pytest.mark.parametrize("leave", [deactivate_user, remove_user])
def test_who_is_out_gets_401(alice: User, leave: Callable[..., User]) -> None:
    tokens = logged_in(alice)
    leave(user=alice)
    assert refresh(tokens["refresh_token"]).status_code == 401
    assert Api(tokens["access_token"])("GET", "/users/me").status_code == 401


def test_of_a_deleted_row_too(alice: User) -> None:
    tokens = logged_in(alice)
    alice.delete()
    assert refresh(tokens["refresh_token"]).status_code == 401

"""A refresh token has one successor, and reuse of an old one ends the session (G9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.db.models.functions import Now
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings
from rest_framework_simplejwt.views import TokenRefreshView

from accounts.models import AccountActivity, Session, User
from accounts.services.people import deactivate_user, remove_user
from accounts.services.sessions import Tokens
from core.tests.slow_writes import slow_writes
from tests.support.api_clients import Api, logged_in
from tests.support.workers import run_queued_jobs

AT_ONCE = 16
ROUNDS = 20

Answer = tuple[int, Any]
"""The status and the body of an answer."""


def refresh(token: str) -> Any:
    return Api()("POST", "/auth/refresh", {"refresh_token": token})


def all_at_once(refresh_once: Callable[[], Answer]) -> list[Answer]:
    """Return the answers of AT_ONCE requests that start together, each with its own connection."""
    ready = Barrier(AT_ONCE)

    def run(_number: int) -> Answer:
        ready.wait()
        try:
            return refresh_once()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def answers_at_once(token: str) -> list[Answer]:
    def once() -> Answer:
        answer = refresh(token)
        return answer.status_code, answer.content

    return all_at_once(once)


@pytest.mark.django_db(transaction=True)
def test_concurrent_refreshes_all_get_the_same_successor_and_the_session_lives(alice: User) -> None:
    token = logged_in(alice)["refresh_token"]
    # As in the control below: without the lock, several would read before the first has written.
    with slow_writes(Session) if connection.vendor == "postgresql" else nullcontext():
        for _round in range(ROUNDS):
            pairs = answers_at_once(token)
            assert [status for status, _body in pairs] == [200] * AT_ONCE
            assert len({body for _status, body in pairs}) == 1
            successor = json.loads(pairs[0][1])
            token = successor["refresh_token"]
    assert Session.objects.live().count() == 1
    assert Api(successor["access_token"])("GET", "/users/me").status_code == 200
    assert refresh(successor["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_control_view_of_simplejwt_gives_each_its_own_tokens(alice: User) -> None:
    """Shows that the test above can fail: simplejwt's own refresh view gives a pair of its own to each."""
    token = logged_in(alice)["refresh_token"]
    view = TokenRefreshView.as_view()

    def once() -> tuple[int, str]:
        request = RequestFactory().post("/", {"refresh": token}, "application/json")
        answer = view(request)
        return answer.status_code, json.dumps(answer.data)

    pairs = all_at_once(once)
    assert [status for status, _body in pairs] == [200] * AT_ONCE
    assert len({body for _status, body in pairs}) == AT_ONCE


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_several_successors_without_the_lock(alice: User, settings: Settings) -> None:
    """Only on PostgreSQL, because on SQLite a change holds the only write lock anyway."""
    settings.TEST_WITHOUT_LOCKS = True

    def lost_race() -> bool:
        pairs = answers_at_once(logged_in(alice)["refresh_token"])
        return len({body for status, body in pairs if status == 200}) > 1

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
def test_lost_answer_can_be_asked_for_again_within_the_leeway(alice: User) -> None:
    spent = logged_in(alice)
    lost = refresh(spent["refresh_token"])
    Session.objects.filter(user=alice).update(rotated_at=Now() - timedelta(seconds=8))
    again = refresh(spent["refresh_token"])
    assert (again.status_code, again.content) == (200, lost.content)
    newest = again.json()
    assert Api(newest["access_token"])("GET", "/users/me").status_code == 200
    assert refresh(newest["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shift", [-50, 50])
def test_retry_at_a_server_with_another_clock_gets_the_same_tokens(alice: User, shift: int) -> None:
    spent = logged_in(alice)
    newest = refresh(spent["refresh_token"])
    with time_machine.travel(timezone.now() + timedelta(seconds=shift)):
        assert refresh(spent["refresh_token"]).content == newest.content
    assert refresh(newest.json()["refresh_token"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_reuse_of_an_older_token_ends_the_session_at_once(alice: User) -> None:
    first = logged_in(alice)
    second = refresh(first["refresh_token"]).json()
    third = refresh(second["refresh_token"]).json()
    assert refresh(first["refresh_token"]).status_code == 401
    assert refresh(third["refresh_token"]).status_code == 401


def test_no_token_is_stored(alice: User) -> None:
    """The pair that is given again is minted again. Not even a signature of it is in the database."""
    spent = logged_in(alice)
    newest = refresh(spent["refresh_token"]).json()
    row = str(Session.objects.filter(user=alice).values())
    signatures = [token.rpartition(".")[2] for token in (newest["access_token"], newest["refresh_token"])]
    assert not any(signature in row for signature in signatures)


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


@pytest.mark.django_db(transaction=True)
def test_reuse_is_told_by_mail_and_logged_once(
    reused: Callable[[float], tuple[int, Tokens]], alice: User
) -> None:
    _status, newest = reused(11)
    assert refresh(newest["refresh_token"]).status_code == 401
    run_queued_jobs()
    (letter,) = [letter for letter in mail.outbox if letter.to == [alice.email]]
    assert "logged out" in letter.subject
    row = AccountActivity.objects.get(user=alice, kind=AccountActivity.Kind.REFRESH_REUSED)
    assert (row.by, row.detail) == (None, {"device": ""})


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

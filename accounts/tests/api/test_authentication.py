"""Open views ignore a bad token in requests that read, and refuse it in requests that write."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.services.people import deactivate_user
from tests.support.api_clients import logged_in

pytestmark = pytest.mark.urls(__name__)


class OpenView(APIView):
    open_to_all = True
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(str(request.user))

    def patch(self, request: Request) -> Response:
        return Response(str(request.user))


class ClosedView(APIView):
    def get(self, request: Request) -> Response:
        return Response(str(request.user))


urlpatterns = [path("open", OpenView.as_view()), path("closed", ClosedView.as_view())]


def ask(method: str, path: str, bearer: str | None) -> tuple[int, str]:
    headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
    answer = Client().generic(method, path, headers=headers)
    return answer.status_code, answer.json() if answer.status_code == 200 else answer.json()["code"]


@pytest.fixture
def bad_bearers(alice: User, bob: User) -> list[str]:
    """Return bad tokens: expired, of a deactivated user, of the wrong kind, and nonsense."""
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        expired = logged_in(alice)["access_token"]
    deactivated = logged_in(bob)["access_token"]
    deactivate_user(user=bob)
    return [expired, deactivated, logged_in(alice)["refresh_token"], "nonsense"]


def test_valid_token_authenticates_on_every_view(alice: User) -> None:
    token = logged_in(alice)["access_token"]
    for method, where in [("GET", "/open"), ("PATCH", "/open"), ("GET", "/closed")]:
        assert ask(method, where, token) == (200, "Alice")


def test_request_without_token_is_anonymous(db: None) -> None:
    assert ask("GET", "/open", None) == (200, "AnonymousUser")
    assert ask("PATCH", "/open", None) == (200, "AnonymousUser")
    assert ask("GET", "/closed", None) == (401, "not_authenticated")


def test_bad_token_is_ignored_when_reading_open_views_and_refused_elsewhere(bad_bearers: list[str]) -> None:
    for bearer in bad_bearers:
        assert ask("GET", "/open", bearer) == (200, "AnonymousUser")
        assert ask("PATCH", "/open", bearer) == (401, "not_authenticated")
        assert ask("GET", "/closed", bearer) == (401, "not_authenticated")


def test_account_deactivated_by_a_bare_statement_is_refused_at_once(alice: User) -> None:
    """The session is still open: `deactivate_user` and `save()` would have ended it."""
    headers = {"Authorization": f"Bearer {logged_in(alice)['access_token']}"}
    assert Client(headers=headers).get("/closed").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert Client(headers=headers).get("/closed").status_code == 401

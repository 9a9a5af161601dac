"""A JSON client of the API, and fixtures with one for each test user. Loaded by the root conftest.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.sessions import Tokens, start_session, tokens_of

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


class Api:
    """A client of the API: JSON requests, with the access token if there is one."""

    def __init__(self, access_token: str = "") -> None:
        self.client = Client(headers={"authorization": f"Bearer {access_token}"} if access_token else {})

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> Response:
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/v1{path}", data, "application/json", **options)


def logged_in(user: User) -> Tokens:
    return tokens_of(start_session(user=user))


@pytest.fixture
def api(db: None) -> Api:
    """An anonymous client."""
    return Api()


@pytest.fixture
def as_alice(alice: User) -> Api:
    return Api(logged_in(alice)["access_token"])


@pytest.fixture
def as_bob(bob: User) -> Api:
    return Api(logged_in(bob)["access_token"])


@pytest.fixture
def as_charlie(charlie: User) -> Api:
    return Api(logged_in(charlie)["access_token"])


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]

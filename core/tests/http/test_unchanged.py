"""The middleware for unchanged answers answers only what it has learned, and only while the tag says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.http import unchanged as module
from core.http.unchanged import KnownAnswers, known_answers, register_tag, unchanged

TAG = '"now"'


class Server:
    """A view with a tag, behind the middleware. `full` counts what the view answered."""

    def __init__(self) -> None:
        self.full = 0
        self.tag: str | None = TAG
        self.cookie = False
        self.fails = False
        self.answer: Callable[[HttpRequest], Any] = unchanged(self._view)
        register_tag("thing", re.compile("/thing"), self._asker)(self._tell)

    def _view(self, request: HttpRequest) -> HttpResponse:
        self.full += 1
        known = request.headers.get("If-None-Match") == self.tag
        response = HttpResponse(status=304 if known else 200, headers={"ETag": self.tag or "", "X-Own": "1"})
        if self.cookie:
            response.set_cookie("who", "you")
        return response

    def _asker(self, request: HttpRequest, _named: Any) -> str | None:
        return request.META.get("HTTP_AUTHORIZATION") or None

    def _tell(self, _asker: str) -> str | None:
        if self.fails:
            raise OperationalError("away")
        return self.tag

    def get(self, path: str = "/thing", **headers: str) -> HttpResponse:
        sent = {"Authorization": "me", "If-None-Match": TAG} | headers
        response: HttpResponse = self.answer(RequestFactory().get(path, headers=sent))
        return response


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(module, "_routes", [])
    known_answers.forget()
    yield Server()
    known_answers.forget()


def test_learned_answer_has_the_headers_of_the_full_one(server: Server) -> None:
    full, short = server.get(), server.get()
    assert server.full == 1
    assert dict(short.items()) == dict(full.items())
    assert short.status_code == full.status_code == 304
    assert short.content == b""


@pytest.mark.parametrize(
    "headers", [{"Accept": "text/html"}, {"Cookie": "a=b"}, {"X-Other": "1"}, {"Host": "x"}]
)
def test_headers_that_were_not_seen_yet_go_the_full_way(server: Server, headers: dict[str, str]) -> None:
    server.get()
    server.get(**headers)
    assert server.full == 2


@pytest.mark.parametrize(
    "headers", [{"User-Agent": "x"}, {"X-Forwarded-For": "192.0.2.1"}, {"Authorization": "you"}]
)
def test_headers_that_change_nothing_do_not(server: Server, headers: dict[str, str]) -> None:
    server.get()
    server.get(**headers)
    assert server.full == 1


@pytest.mark.parametrize("tag", ['"later"', None])
def test_changed_or_refused_answer_goes_the_full_way(server: Server, tag: str | None) -> None:
    server.get()
    server.tag = tag
    assert server.get().status_code == 200
    assert server.full == 2


def test_answer_with_a_cookie_is_not_learned(server: Server) -> None:
    server.cookie = True
    assert server.get().cookies
    assert server.get().cookies
    assert server.full == 2


def test_the_full_way_says_that_the_database_is_away(server: Server) -> None:
    server.get()
    server.fails = True
    server.get()
    assert server.full == 2


def test_other_requests_pass(server: Server) -> None:
    server.get()
    server.get("/other")
    server.get(Authorization="")
    server.answer(RequestFactory().post("/thing", headers={"If-None-Match": TAG, "Authorization": "me"}))
    server.answer(RequestFactory().get("/thing", headers={"Authorization": "me"}))
    assert server.full == 5


def test_number_of_kept_answers_is_bounded() -> None:
    known = KnownAnswers(most=3)
    for number in range(10):
        known.keep(number, HttpResponse(status=304))
    assert [number for number in range(10) if known.of(number) is not None] == [7, 8, 9]

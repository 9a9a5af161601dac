"""Unreadable requests get problem documents from the API and our own pages elsewhere, also with DEBUG."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

# Method, path, body, content type, other headers, status.
UNREADABLE: list[tuple[str, str, bytes, str, dict[str, str], int]] = [
    ("GET", "{}/wish%0Alists", b"", "", {}, 404),
    ("GET", "{}/%0A", b"", "", {}, 404),
    ("GET", "{}/%0D%0A%0D%0A/x", b"", "", {}, 404),
    ("GET", "{}/%E2%80%A8%C2%85", b"", "", {}, 404),
    ("GET", "{}/%ff%fe%zz", b"", "", {}, 404),
    ("GET", "{}/%00", b"", "", {}, 400),
    ("GET", "{}/x?" + "a&" * 300, b"", "", {}, 400),
    ("GET", "{}/x", b"", "", {"host": "evil.example"}, 400),
    ("GET", "{}/x", b"", "", {"host": "a b<>"}, 400),
    ("GET", "{}/x", b"", "", {"host": "x" * 15_000}, 400),
    ("POST", "{}/{}", b"garbage", MULTIPART, {}, 400),
    ("POST", "{}/{}", b"a&" * 300, FORM, {}, 400),
]
PLACES = {"/api/v1": "auth/login", "": "login"}


@pytest.fixture(params=[False, True], ids=["no debug", "debug"])
def debug(request: pytest.FixtureRequest, settings: Any) -> bool:
    settings.DEBUG = request.param
    settings.ALLOWED_HOSTS = ["testserver"]
    return bool(request.param)


@pytest.mark.parametrize(
    "case", UNREADABLE, ids=lambda case: f"{case[0]} {case[1][:24]} {case[3][:40]}{case[4] and 'host'}"
)
def test_unreadable_request_to_the_api_gets_a_problem_document(case: Any, debug: bool) -> None:
    answer = ask(case, "/api/v1")
    assert (answer.status_code, answer["Content-Type"]) == (case[5], "application/problem+json")
    assert answer.json()["status"] == case[5]
    assert answer["X-Request-ID"]


@pytest.mark.parametrize(
    "case", [case for case in UNREADABLE if case[5] == 400], ids=lambda case: f"{case[0]} {case[1][:24]}"
)
def test_unreadable_request_to_a_page_gets_our_error_page(case: Any, debug: bool) -> None:
    answer = ask(case, "")
    assert answer.status_code == 400
    assert "<title>" in answer.text
    for word in ("Traceback", "DEBUG", "Request Method", "ALLOWED_HOSTS"):
        assert word not in answer.text


def ask(case: Any, place: str) -> Any:
    method, path, body, kind, headers, _status = case
    client = Client(raise_request_exception=False)
    return client.generic(method, path.format(place, PLACES[place]), body, kind, headers=headers)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/lists", "/api/v1/nothing"])
def test_unknown_api_address_gets_a_problem_document(path: str, debug: bool) -> None:
    for method in ("GET", "POST", "PURGE"):
        answer = Client().generic(method, path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "is_problem"),
    [
        ("/api/asyncapi", True),
        ("/api/schema", True),
        ("/api/v1/auth/login", True),
        ("/health", False),
        ("/docs", False),
        ("/redoc", False),
        ("/docs/ws", False),
        ("/", False),
    ],
)
def test_unknown_method_gets_405_with_its_name(path: str, is_problem: bool) -> None:
    answer = Client().generic("PURGE", path)
    assert (answer.status_code, "Allow" in answer) == (405, True)
    assert answer["Content-Type"] == (
        "application/problem+json" if is_problem else "text/html; charset=utf-8"
    )
    assert "PURGE" in answer.text
    asked = Client().generic("PURGE", path, headers={"accept": "application/json"})
    assert asked.json()["status"] in (405, 406)

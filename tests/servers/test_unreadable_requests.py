"""What cannot be read is refused in our form, while debugging too: problem documents of the API, our pages elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.once, pytest.mark.django_db]

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

# Method, path, body, type, other headers, status.
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


@pytest.fixture(params=[False, True], ids=["", "debug"])
def debug(request: pytest.FixtureRequest, settings: Any) -> bool:
    settings.DEBUG = request.param
    settings.ALLOWED_HOSTS = ["testserver"]
    return bool(request.param)


@pytest.mark.parametrize(
    "case", UNREADABLE, ids=lambda case: f"{case[0]} {case[1][:24]} {case[3][:40]}{case[4] and 'host'}"
)
def test_the_api_answers_with_a_problem(case: Any, debug: bool) -> None:
    answer = ask(case, "/api/v1")
    assert (answer.status_code, answer["Content-Type"]) == (case[5], "application/problem+json")
    assert answer.json()["status"] == case[5]
    assert answer["X-Request-ID"]


@pytest.mark.parametrize(
    "case", [case for case in UNREADABLE if case[5] == 400], ids=lambda case: f"{case[0]} {case[1][:24]}"
)
def test_pages_answer_with_a_page_of_ours(case: Any, debug: bool) -> None:
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
def test_nothing_under_api_is_a_page(path: str, debug: bool) -> None:
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
def test_a_method_that_is_not_offered_is_refused_in_words(path: str, is_problem: bool) -> None:
    answer = Client().generic("PURGE", path)
    assert (answer.status_code, "Allow" in answer) == (405, True)
    assert answer["Content-Type"] == (
        "application/problem+json" if is_problem else "text/html; charset=utf-8"
    )
    assert "PURGE" in answer.text
    asked = Client().generic("PURGE", path, headers={"accept": "application/json"})
    assert asked.json()["status"] in (405, 406)

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.test import APIRequestFactory

from core.errors.failures import is_database_unavailable
from core.errors.problems import problem_of
from core.tests.urls import SECRET

PROBLEM = {"accept": "application/problem+json"}


def raising(core_client: Client, what: str, **headers: str) -> Any:
    return core_client.get(f"/api/v1/raising/{what}", headers=headers)


def test_refusal_is_a_problem_document(core_client: Client) -> None:
    answer = raising(core_client, "gone")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here, or it isn't shared with you.",
        "code": "not_found",
        "instance": "/api/v1/raising/gone",
    }


def test_invalid_input_has_a_pointer_per_field(core_client: Client) -> None:
    body = {"name": "", "items": [{"title": "a"}, {"title": "too long"}]}
    answer = core_client.post("/api/v1/checked", body, content_type="application/json")
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "invalid_input"
    assert problem["detail"] == "Please correct these fields: name, items/1/title."
    assert problem["errors"] == [
        {"pointer": "/name", "code": "blank", "detail": "This field may not be blank."},
        {
            "pointer": "/items/1/title",
            "code": "max_length",
            "detail": "Ensure this field has no more than 5 characters.",
        },
    ]


def test_pointers_are_escaped_and_non_field_errors_point_at_the_object() -> None:
    one, two = ErrorDetail("No.", "no"), ErrorDetail("Neither.", "neither")
    invalid = ValidationError(
        {"a/b~c": [one], "non_field_errors": [two], "rows": {"2": {"non_field_errors": [one]}}}
    )
    problem = problem_of(invalid, APIRequestFactory().get("/api/v1/lists"))
    assert [error["pointer"] for error in problem["errors"]] == ["/a~1b~0c", "", "/rows/2"]
    assert problem_of(ValidationError("No."), APIRequestFactory().get("/"))["detail"] == "No."


def test_reservation_conflict_has_the_nested_detail_of_old_clients(core_client: Client) -> None:
    problem = raising(core_client, "lost").json()
    assert problem["code"] == "reservation_conflict"
    assert problem["current_item"] == {"id": 1}
    assert problem["detail"] == {
        "code": "reservation_conflict",
        "message": "Somebody was faster.",
        "current_item": {"id": 1},
    }


@pytest.mark.parametrize(
    "accept", ["application/problem+json", "application/json, Application/Problem+JSON;q=0.9"]
)
def test_reservation_conflict_is_a_plain_problem_if_accepted(core_client: Client, accept: str) -> None:
    answer = raising(core_client, "lost", accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["detail"] == "Somebody was faster."
    assert answer.json()["current_item"] == {"id": 1}


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("denied", 403, "forbidden"),
        ("throttled", 429, "throttled"),
        ("away", 503, "database_unavailable"),
        ("unstorable", 400, "unusable_value"),
        ("broken", 500, "server_error"),
    ],
)
def test_exceptions_of_libraries_become_problems(
    core_client: Client, what: str, status: int, code: str
) -> None:
    for answer in (
        raising(core_client, what),
        core_client.get(f"/api/v1/raising/{what}", headers={"accept": "text/html"}),
    ):
        assert answer.status_code == status
    problem = raising(core_client, what).json()
    assert (problem["status"], problem["code"]) == (status, code)


def test_every_429_and_503_has_retry_after(core_client: Client) -> None:
    for what, seconds in (("throttled", "3"), ("unhurried", "1"), ("away", "1")):
        assert raising(core_client, what)["Retry-After"] == seconds
    assert core_client.get("/api/v1/plain/away")["Retry-After"] == "1"
    assert core_client.get("/pages/away")["Retry-After"] == "1"
    assert core_client.get("/api/v1/overloaded")["Retry-After"] == "1"
    assert "Retry-After" not in raising(core_client, "gone")


@pytest.mark.parametrize("path", ["/api/v1/raising/broken", "/api/v1/plain/broken", "/pages/broken"])
def test_no_5xx_reveals_its_cause(core_client: Client, path: str) -> None:
    for accept in ("application/json", "text/html", "application/vnd.jsend+json"):
        answer = core_client.get(path, headers={"accept": accept})
        assert answer.status_code == 500
        text = answer.content.decode()
        assert SECRET not in text
        assert "RuntimeError" not in text
        assert "Traceback (" not in text


def test_browser_gets_api_errors_as_html(core_client: Client) -> None:
    answer = raising(core_client, "gone", accept="text/html")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


FRAME = "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"


@pytest.fixture
def framed(settings: Any) -> None:
    """A base template for these tests, so that they do not depend on the site's."""
    locmem = ("django.template.loaders.locmem.Loader", {"base.html": FRAME})
    templates = settings.TEMPLATES[0]
    loaders = [
        locmem,
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    options = templates["OPTIONS"] | {"loaders": loaders, "context_processors": []}
    settings.TEMPLATES = [templates | {"APP_DIRS": False, "OPTIONS": options}]


@pytest.mark.usefixtures("framed")
def test_errors_outside_the_api_are_pages(core_client: Client) -> None:
    answer = core_client.get("/nowhere", headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<title>\n  \n    Not found" in answer.content.decode()
    assert core_client.get("/pages/denied").status_code == 403
    assert core_client.get("/nowhere", headers={"accept": "application/json"}).json()["code"] == "not_found"


def test_errors_outside_api_views_are_problems_under_api(core_client: Client) -> None:
    for path, status, code in (
        ("nowhere", 404, "not_found"),
        ("plain/denied", 403, "forbidden"),
        ("plain/away", 503, "database_unavailable"),
    ):
        answer = core_client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["code"] == code


def test_unknown_host_gets_400(core_client: Client) -> None:
    with override_settings(ALLOWED_HOSTS=["wishes.example"]):
        assert core_client.get("/api/v1/things", headers={"host": "evil.example"}).status_code == 400
        assert core_client.get("/pages", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.usefixtures("framed")
def test_form_without_csrf_token_gets_403(settings: Any) -> None:
    settings.ROOT_URLCONF = "core.tests.urls"
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/pages", {"a": "b"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/html; charset=utf-8")
    answer = strict.post("/api/v1", {"a": "b"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


@pytest.mark.both
def test_exhausted_pool_means_database_unavailable() -> None:
    wrapped = OperationalError("couldn't get a connection after 10.00 sec")
    wrapped.__cause__ = PoolTimeout("couldn't get a connection after 10.00 sec")
    assert is_database_unavailable(wrapped)
    assert is_database_unavailable(PoolTimeout())
    assert not is_database_unavailable(RuntimeError("database is locked"))

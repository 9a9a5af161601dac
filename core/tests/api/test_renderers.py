from __future__ import annotations

import pytest
from django.test import Client


def test_answers_are_json(core_client: Client) -> None:
    answer = core_client.get("/api/v1/things")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "id": "00000000-0000-0000-0000-000000000007",
        "at": "2026-05-17T08:30:00Z",
        "on": "2026-05-17",
        "word": "English",
    }


def test_none_is_rendered_as_null_and_204_has_no_body(core_client: Client) -> None:
    answer = core_client.get("/api/v1/nothing")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"null", "application/json")
    answer = core_client.delete("/api/v1/nothing")
    assert (answer.status_code, answer.content, "Content-Type" in answer) == (204, b"", False)


def test_client_that_accepts_only_problems_gets_plain_json(core_client: Client) -> None:
    answer = core_client.get("/api/v1/nothing", headers={"accept": "application/problem+json"})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"null", "application/json")


def test_unknown_accept_type_gets_406_in_json(core_client: Client) -> None:
    answer = core_client.get("/api/v1/nothing", headers={"accept": "application/xml"})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")
    assert answer.json()["code"] == "not_acceptable"


JSEND = {"accept": "application/vnd.jsend+json"}


@pytest.mark.parametrize(
    ("path", "envelope"),
    [
        ("things", None),
        ("nothing", {"status": "success", "data": None}),
        (
            "raising/lost",
            {
                "status": "fail",
                "data": {
                    "code": "reservation_conflict",
                    "detail": "Somebody was faster.",
                    "current_item": {"id": 1},
                },
            },
        ),
        (
            "raising/broken",
            {
                "status": "error",
                "message": "Something went wrong on our side. Try again. If it keeps happening, send us this code: this-request",
            },
        ),
        (
            "nowhere",
            {
                "status": "fail",
                "data": {
                    "code": "not_found",
                    "detail": "There is nothing here, or it isn't shared with you.",
                },
            },
        ),
    ],
)
def test_jsend_wraps_any_answer(core_client: Client, path: str, envelope: object) -> None:
    answer = core_client.get(f"/api/v1/{path}", headers=JSEND | {"x-request-id": "this-request"})
    assert answer["Content-Type"] == "application/vnd.jsend+json"
    assert answer.json() == (
        envelope or {"status": "success", "data": core_client.get("/api/v1/things").json()}
    )


def test_jsend_has_a_message_per_field(core_client: Client) -> None:
    answer = core_client.post(
        "/api/v1/checked", {"items": [{"title": "too long"}]}, content_type="application/json", headers=JSEND
    )
    assert answer.status_code == 400
    assert answer.json() == {
        "status": "fail",
        "data": {
            "name": "This field is required.",
            "items.0.title": "Ensure this field has no more than 5 characters.",
        },
    }


def test_jsend_answer_of_204_has_no_body(core_client: Client) -> None:
    assert core_client.delete("/api/v1/nothing", headers=JSEND).content == b""

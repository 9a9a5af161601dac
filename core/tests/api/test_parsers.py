from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api.parsers import MAX_BODY, MAX_DEPTH


def send(core_client: Client, body: bytes | str, content_type: str = "application/json") -> Any:
    return core_client.post("/api/v1/echo", body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b"", {}),
        (b"  ", {}),
        (b"null", {}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": 9223372036854775807}', {"a": 2**63 - 1}),
        (b'{"a": "\xf0\x9f\x8e\x81 \\ud83c\\udf81"}', {"a": "🎁 🎁"}),
        (b'{"a":' * (MAX_DEPTH - 1) + b"{}" + b"}" * (MAX_DEPTH - 1), None),
    ],
)
def test_valid_body_is_read(core_client: Client, body: bytes, data: Any) -> None:
    answer = send(core_client, body)
    assert answer.status_code == 200
    assert data is None or answer.json() == data


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"7",
        b'"text"',
        b'{"a": NaN}',
        b'{"a": 1e400}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\ud800"}',
        b'{"a": "x\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": [["\\u0000"]]}',
        b'{"a": 9223372036854775808}',
        b'{"a": -9223372036854775809}',
        b'{"a": 18446744073709551616}',
        b'{"a": 1e300}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b'{"a":' * MAX_DEPTH + b"{}" + b"}" * MAX_DEPTH,
        b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}",
        b"[" * 500_000,
    ],
)
def test_malformed_body_gets_400(core_client: Client, body: bytes) -> None:
    answer = send(core_client, body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "malformed_body"
    assert answer.json()["detail"].endswith((".", ")."))


def test_too_large_body_gets_413(core_client: Client) -> None:
    fits = b'{"a": "' + b"x" * (MAX_BODY - 9) + b'"}'
    assert len(fits) == MAX_BODY
    assert send(core_client, fits).status_code == 200
    answer = send(core_client, fits + b" ")
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "content_type",
    ["application/merge-patch+json", "application/vnd.jsend+json", "Application/JSON; charset=UTF-8"],
)
def test_every_json_media_type_is_read_as_json(core_client: Client, content_type: str) -> None:
    assert send(core_client, b'{"a": 1}', content_type).json() == {"a": 1}


def test_other_media_type_gets_415(core_client: Client) -> None:
    for content_type in ("text/plain", "application/pdf", "application/jsonx", "text/json"):
        assert send(core_client, b'{"a": 1}', content_type).status_code == 415, content_type


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=unicode_escape", "; charset=utf-7"])
@pytest.mark.parametrize("body", [b"a=%00", b"%00=a", b"a=\\ud800", b"a=%ED%A0%80"])
def test_no_form_causes_a_5xx(core_client: Client, body: bytes, charset: str) -> None:
    answer = send(core_client, body, f"application/x-www-form-urlencoded{charset}")
    assert answer.status_code < 500
    assert "\0" not in answer.content.decode()


def test_upload_with_nul_gets_400(core_client: Client) -> None:
    assert core_client.post("/api/v1/echo", {"a": "x"}).json() == {"a": ["x"]}
    assert core_client.post("/api/v1/echo", {"a": "x\0"}).status_code == 400


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=[])), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary() | json_values.map(json.dumps))
def test_no_body_causes_a_5xx(core_client: Client, body: bytes | str) -> None:
    assert send(core_client, body).status_code in (200, 400)

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_trailing_slash_is_removed_without_a_redirect(core_client: Client, method: str) -> None:
    answer = getattr(core_client, method)("/api/v1/")
    assert (answer.status_code, answer.content.decode()) == (200, method.upper())


def test_trailing_slash_keeps_the_body(core_client: Client) -> None:
    assert core_client.post("/api/v1/echo/", {"a": 1}, content_type="application/json").json() == {"a": 1}
    assert core_client.get("/api/v1/paged/?page=1").json() == [0, 1, 2, 3, 4]


def test_only_one_trailing_slash_is_removed(core_client: Client) -> None:
    assert core_client.get("/api/v1/things//").status_code == 404
    assert core_client.get("/pages/").status_code == 200
    assert core_client.get("/pages//", headers={"accept": "application/json"}).status_code == 404


NUL = "%00"


@pytest.mark.parametrize("prefix", ["/api/v1/things", "/pages"])
def test_unstorable_text_gets_400(core_client: Client, prefix: str) -> None:
    asks = {"accept": "application/json"}
    for path in (f"{prefix}?a={NUL}", f"{prefix}?{NUL}=a", f"{prefix}/x{NUL}"):
        answer = core_client.get(path, headers=asks)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), path
    core_client.cookies.load({"sessionid": "placeholder"})
    answer = core_client.get(prefix, headers={**asks, "cookie": 'sessionid="a\\000b"'})
    assert answer.status_code == 400


def test_unstorable_text_in_a_form_gets_400(core_client: Client) -> None:
    assert core_client.post("/pages", {"a": "b"}).status_code == 200
    assert core_client.post("/pages", {"a": "b\0"}, headers={"accept": "application/json"}).status_code == 400


def test_too_many_fields_get_400(core_client: Client) -> None:
    assert core_client.get(f"/api/v1/things?{'a&' * 300}").status_code == 400


def test_refusal_has_cors_headers(core_client: Client) -> None:
    answer = core_client.get("/api/v1/things?a=%00", headers={"origin": "http://localhost:3000"})
    assert answer.status_code == 400
    assert answer["Access-Control-Allow-Origin"] == "http://localhost:3000"

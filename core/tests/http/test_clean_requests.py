from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_one_slash_is_ignored_without_a_redirect(client: Client, method: str) -> None:
    answer = getattr(client, method)("/api/v1/")
    assert (answer.status_code, answer.content.decode()) == (200, method.upper())


def test_a_slash_does_not_lose_the_body(client: Client) -> None:
    assert client.post("/api/v1/echo/", {"a": 1}, content_type="application/json").json() == {"a": 1}
    assert client.get("/api/v1/paged/?page=1").json() == [0, 1, 2, 3, 4]


def test_only_one_slash_is_ignored_of_the_api_and_of_pages(client: Client) -> None:
    assert client.get("/api/v1/things//").status_code == 404
    assert client.get("/pages/").status_code == 200
    assert client.get("/pages//", headers={"accept": "application/json"}).status_code == 404


NUL = "%00"


@pytest.mark.parametrize("prefix", ["/api/v1/things", "/pages"])
def test_text_that_no_database_holds_is_refused(client: Client, prefix: str) -> None:
    asks = {"accept": "application/json"}
    for path in (f"{prefix}?a={NUL}", f"{prefix}?{NUL}=a", f"{prefix}/x{NUL}"):
        answer = client.get(path, headers=asks)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), path
    client.cookies.load({"sessionid": "placeholder"})
    answer = client.get(prefix, headers={**asks, "cookie": 'sessionid="a\\000b"'})
    assert answer.status_code == 400


def test_forms_of_pages_are_looked_at(client: Client) -> None:
    assert client.post("/pages", {"a": "b"}).status_code == 200
    assert client.post("/pages", {"a": "b\0"}, headers={"accept": "application/json"}).status_code == 400


def test_more_fields_than_anyone_needs_are_400(client: Client) -> None:
    assert client.get(f"/api/v1/things?{'a&' * 300}").status_code == 400


def test_refusals_carry_cors(client: Client) -> None:
    answer = client.get("/api/v1/things?a=%00", headers={"origin": "http://localhost:3000"})
    assert answer.status_code == 400
    assert answer["Access-Control-Allow-Origin"] == "http://localhost:3000"

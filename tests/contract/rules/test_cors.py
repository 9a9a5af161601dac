"""CORS: preflight requests, answers and errors for other origins."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Client, Person

ALLOWED = "Authorization Idempotency-Key If-Match X-Request-ID X-Manage-Token"
EXPOSED = "Link X-Total-Count ETag Retry-After X-Request-ID"
ORIGINS = ["http://localhost:3000", "http://127.0.0.1:3000"]


def words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


@covers(*each("cors allows ", ALLOWED))
@says("in development also `http://localhost:3000` and `http://127.0.0.1:3000`")
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_preflight(anyone: Client, origin: str, method: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ", ".join(ALLOWED.split()).lower() + ", content-type",
    }
    answer = anyone.ask("OPTIONS", "/wishlists", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert method.lower() in words(answer.headers["Access-Control-Allow-Methods"])
    assert words(answer.headers["Access-Control-Allow-Headers"]) >= {*ALLOWED.lower().split(), "content-type"}


@covers(*each("cors exposes ", EXPOSED))
@says("errors carry CORS too")
@pytest.mark.parametrize("path", ["/users/me", "/wishlists/7", "/nothing", "/health"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_answers_and_errors_have_cors_headers(
    bob: Person, anyone: Client, path: str, signed_in: bool
) -> None:
    client = bob if signed_in else anyone
    answer = client.ask("GET", path, headers={"Origin": ORIGINS[0]})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGINS[0]
    assert words(answer.headers["Access-Control-Expose-Headers"]) >= words(", ".join(EXPOSED.split()))


def test_foreign_origin_gets_no_cors_headers(bob: Person) -> None:
    answer = bob.ask("GET", "/users/me", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers

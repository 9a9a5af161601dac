"""Where a person is logged in, their password, and personal API tokens."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import PASSWORD, Client, Person

TOKENS = "access_token refresh_token token_type"
Newcomer = Callable[[str], Person]
SCOPES = "lists:read lists:write giving account"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(anyone: Client, person: Person) -> dict[str, str]:
    """Log the person in on a second device. Return its headers."""
    account = {"email": person.email, "password": PASSWORD}
    answer = anyone.post(
        "/auth/login", account, expect=200, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/131.0"}
    )
    return bearer(answer["access_token"])


@covers("GET /users/me/sessions")
@covers(*each("answer /users/me/sessions: ", "id device created_at last_used_at is_current"))
def test_person_sees_where_they_are_logged_in(anyone: Client, newcomer: Newcomer) -> None:
    dora = newcomer("Dora")
    log_in(anyone, dora)
    sessions = dora.get("/users/me/sessions")
    assert [session.keys() for session in sessions] == [
        {"id", "device", "created_at", "last_used_at", "is_current"}
    ] * 2
    assert [session["is_current"] for session in sessions] == [False, True]
    assert sessions[0]["device"] == "Firefox on Linux"


@covers("DELETE /users/me/sessions/{id}", "answer /users/me/sessions/{id}: 204")
def test_one_session_is_ended(anyone: Client, newcomer: Newcomer) -> None:
    dora = newcomer("Dora")
    there = log_in(anyone, dora)
    [other] = [session for session in dora.get("/users/me/sessions") if not session["is_current"]]
    dora.delete(f"/users/me/sessions/{other['id']}")
    anyone.get("/users/me", headers=there, expect=401)
    dora.get("/users/me")


@covers("DELETE /users/me/sessions", "answer /users/me/sessions: 204")
@says("204 (all others)")
def test_all_other_sessions_are_ended(anyone: Client, newcomer: Newcomer) -> None:
    dora = newcomer("Dora")
    there = log_in(anyone, dora)
    dora.delete("/users/me/sessions")
    anyone.get("/users/me", headers=there, expect=401)
    dora.get("/users/me")


@covers("POST /auth/password/change", *each("body /auth/password/change: ", "current_password new_password"))
@covers(*each("answer /auth/password/change: ", "204 400 wrong_password"))
@says("ends all other sessions and API tokens")
def test_person_changes_their_password(anyone: Client, newcomer: Newcomer) -> None:
    dora = newcomer("Dora")
    there = log_in(anyone, dora)
    token = dora.post("/users/me/tokens", {"name": "Script", "scopes": ["account"]})["token"]
    body = {"current_password": PASSWORD, "new_password": "another horse battery"}
    wrong = body | {"current_password": "wrong"}
    dora.refused("POST", "/auth/password/change", wrong, status=400, code="wrong_password")
    anyone.get("/users/me", headers=there)
    dora.post("/auth/password/change", body, expect=204)
    for ended in (there, bearer(token)):
        anyone.get("/users/me", headers=ended, expect=401)
    dora.get("/users/me")
    account = {"email": dora.email, "password": "another horse battery"}
    anyone.post("/auth/login", account, expect=200)


@covers("POST /auth/token/session", "answer /auth/token/session: 200")
@says("for a browser that is logged in on a page")
def test_browser_that_is_logged_in_gets_tokens(anyone: Client, newcomer: Newcomer) -> None:
    dora = newcomer("Dora")
    with httpx.Client(base_url=anyone.base, timeout=30) as browser:
        browser.get("/login")
        form = {
            "email": dora.email,
            "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post("/login", data=form).status_code == 302
        assert browser.post("/api/v1/auth/token/session").status_code == 403
        headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
        answer = browser.post("/api/v1/auth/token/session", headers=headers)
    assert (answer.status_code, answer.json().keys()) == (200, set(TOKENS.split()))
    assert anyone.get("/users/me", headers=bearer(answer.json()["access_token"]))["id"] == dora.id


@covers(
    "GET /users/me/tokens",
    "POST /users/me/tokens",
    *each("body /users/me/tokens: ", "name scopes expires_at"),
)
@covers(*each("answer /users/me/tokens: ", "201 id name scopes created_at last_used_at expires_at token"))
@says("the secret, `token`, which is in no other answer")
def test_person_makes_an_api_token(anyone: Client, newcomer: Newcomer) -> None:
    dora = newcomer("Dora")
    body = {"name": "Script", "scopes": ["account"], "expires_at": "2099-01-01T00:00:00Z"}
    made = dora.post("/users/me/tokens", body)
    secret = made.pop("token")
    assert made.keys() == {"id", "name", "scopes", "created_at", "last_used_at", "expires_at"}
    assert {name: made[name] for name in body} == body
    assert dora.get("/users/me/tokens") == [made]
    assert anyone.get("/users/me", headers=bearer(secret))["id"] == dora.id


@covers("DELETE /users/me/tokens/{id}", "answer /users/me/tokens/{id}: 204")
def test_person_revokes_an_api_token(anyone: Client, newcomer: Newcomer) -> None:
    dora = newcomer("Dora")
    made = dora.post("/users/me/tokens", {"name": "Script", "scopes": ["account"]})
    dora.delete(f"/users/me/tokens/{made['id']}")
    anyone.get("/users/me", headers=bearer(made["token"]), expect=401)
    assert dora.get("/users/me/tokens") == []


@covers(*each("body /users/me/tokens: scopes=", SCOPES))
@pytest.mark.parametrize("scope", SCOPES.split())
def test_token_reaches_what_its_scope_names(anyone: Client, newcomer: Newcomer, scope: str) -> None:
    dora = newcomer("Dora")
    token = bearer(dora.post("/users/me/tokens", {"name": "Script", "scopes": [scope]})["token"])
    asked = {
        "lists:read": ("GET", "/wishlists", None),
        "lists:write": ("POST", "/wishlists", {"title": "Moving house"}),
        "giving": ("GET", "/reservations", None),
        "account": ("GET", "/users/me", None),
    }
    allowed = {
        name
        for name, (method, path, body) in asked.items()
        if anyone.ask(method, path, body, headers=token).status_code != 403
    }
    assert allowed == {scope}

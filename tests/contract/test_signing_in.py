"""Registering, logging in, refreshing tokens and logging out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import PASSWORD, Client, Json, Person, fresh_address

TOKENS = "access_token refresh_token token_type"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@covers("POST /auth/register", *each("body /auth/register: ", "email password display_name"))
@covers(*each("answer /auth/register: ", f"201 {TOKENS}"))
def test_person_registers(anyone: Client) -> None:
    account = {"email": fresh_address("dora"), "password": PASSWORD, "display_name": "Dora"}
    tokens = anyone.post("/auth/register", account)
    assert tokens.keys() == set(TOKENS.split())
    assert tokens["token_type"] == "bearer"
    me = anyone.get("/users/me", headers=bearer(tokens["access_token"]))
    assert (me["email"], me["display_name"]) == (account["email"], "Dora")


@covers("body /auth/register: password", "body /auth/register: email")
@pytest.mark.parametrize("password", ["x" * 7, "x" * 129, "", None, ["x" * 8]])
def test_password_has_8_to_128_characters(anyone: Client, password: object) -> None:
    account = {"email": fresh_address("dora"), "password": password}
    problem = anyone.post("/auth/register", account, expect=400)
    assert [error["pointer"] for error in problem["errors"]] == ["/password"]


@pytest.mark.parametrize("length", [8, 128])
def test_passwords_of_8_and_128_characters_are_accepted(anyone: Client, length: int) -> None:
    anyone.post("/auth/register", {"email": fresh_address("dora"), "password": "ä" * length})


@pytest.mark.parametrize("email", ["", None, "dora", "dora@", 7, ["dora@example.com"]])
def test_invalid_address_is_refused(anyone: Client, email: object) -> None:
    anyone.post("/auth/register", {"email": email, "password": PASSWORD}, expect=400)


@covers("body /auth/register: display_name")
@says("A `display_name` is never an e-mail address")
def test_missing_name_is_never_filled_with_the_address(anyone: Client) -> None:
    for name in ({}, {"display_name": None}, {"display_name": ""}):
        email = fresh_address("dora")
        tokens = anyone.post("/auth/register", {"email": email, "password": PASSWORD, **name})
        shown = anyone.get("/users/me", headers=bearer(tokens["access_token"]))["display_name"]
        assert shown
        assert "@" not in shown
        assert email.split("@")[0] not in shown


def test_address_in_another_case_has_the_same_account(anyone: Client, bob: Person) -> None:
    again = {"email": bob.email.upper(), "password": PASSWORD}
    anyone.refused("POST", "/auth/register", again, status=409, code="email_taken")


@covers("POST /auth/login", *each("body /auth/login: ", "email password"), "answer /auth/login: 200")
def test_person_logs_in(anyone: Client, bob: Person) -> None:
    tokens = anyone.post("/auth/login", {"email": bob.email.upper(), "password": PASSWORD}, expect=200)
    assert tokens.keys() == set(TOKENS.split())
    assert anyone.get("/users/me", headers=bearer(tokens["access_token"]))["id"] == bob.id


@pytest.mark.parametrize("name", ["email", "identifier", "username"])
def test_address_is_accepted_under_three_names(anyone: Client, name: str) -> None:
    address = fresh_address("dora")
    anyone.post("/auth/register", {name: address, "password": PASSWORD})
    tokens = anyone.post("/auth/login", {name: address, "password": PASSWORD}, expect=200)
    assert anyone.get("/auth/me", headers=bearer(tokens["access_token"]))["email"] == address
    anyone.post("/auth/login", {name: address, "password": "wrong"}, expect=401)
    answer = anyone.post("/auth/register", {name: "dora@", "password": PASSWORD}, expect=400)
    assert [error["pointer"] for error in answer["errors"]] == [f"/{name}"]


@pytest.mark.parametrize(
    "beside",
    [
        {"email": None, "username": ""},
        {"email": " ", "username": "Dora"},
        {"username": "Dora"},
        {"email": ""},
    ],
)
def test_first_of_several_names_for_the_address_counts(anyone: Client, bob: Person, beside: Json) -> None:
    anyone.post("/auth/login", {"identifier": bob.email, "password": PASSWORD, **beside}, expect=200)
    other = {"email": bob.email, "identifier": "Bobby", "username": ["x"], "password": PASSWORD}
    anyone.post("/auth/login", other, expect=200)


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
def test_missing_address_is_refused(anyone: Client, path: str) -> None:
    for body in ({}, {"identifier": ""}, {"username": None}):
        answer = anyone.post(path, {"password": PASSWORD, **body}, expect=400)
        assert [(error["pointer"], error["code"]) for error in answer["errors"]] == [("/email", "required")]


@covers("answer /auth/login: 401")
@says("401 when wrong: same words and about the same time for an unknown address")
def test_wrong_log_in_answers_the_same_for_an_unknown_address(anyone: Client, bob: Person) -> None:
    known = anyone.post("/auth/login", {"email": bob.email, "password": "wrong"}, expect=401)
    unknown = anyone.post("/auth/login", {"email": fresh_address("nobody"), "password": "wrong"}, expect=401)
    assert known == unknown


@covers(
    "POST /auth/refresh",
    "body /auth/refresh: refresh_token",
    *each("answer /auth/refresh: ", f"200 401 {TOKENS}"),
)
@says("the old one is spent. Within 10 seconds it gives the same answer again; later it ends the session")
def test_refresh_token_gives_new_tokens(anyone: Client, newcomer: Callable[[str], Person]) -> None:
    dora = newcomer("Dora")
    tokens = anyone.post("/auth/refresh", {"refresh_token": dora.refresh}, expect=200)
    assert tokens.keys() == set(TOKENS.split())
    assert tokens["token_type"] == "bearer"
    assert anyone.get("/users/me", headers=bearer(tokens["access_token"]))["id"] == dora.id
    assert anyone.post("/auth/refresh", {"refresh_token": dora.refresh}, expect=200) == tokens
    newest = anyone.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=200)
    anyone.post("/auth/refresh", {"refresh_token": dora.refresh}, expect=401)
    anyone.post("/auth/refresh", {"refresh_token": newest["refresh_token"]}, expect=401)


@pytest.mark.parametrize("token", ["", "x.y.z", None, 7])
def test_invalid_refresh_token_is_refused(anyone: Client, token: object) -> None:
    assert anyone.ask("POST", "/auth/refresh", {"refresh_token": token}).status_code in (400, 401)


@covers("POST /auth/logout", "body /auth/logout: refresh_token", "answer /auth/logout: 204")
@says("the refresh token is the credential", "each request checks the session too")
def test_log_out_ends_the_session_and_its_access_token(
    anyone: Client, newcomer: Callable[[str], Person]
) -> None:
    dora = newcomer("Dora")
    anyone.post("/auth/logout", {"refresh_token": dora.refresh}, expect=204)
    dora.get("/users/me", expect=401)
    anyone.post("/auth/refresh", {"refresh_token": dora.refresh}, expect=401)


@says("*Open* GETs and `/auth/*` ignore a missing, expired or bad Bearer")
def test_signing_in_ignores_a_bad_bearer(anyone: Client, newcomer: Callable[[str], Person]) -> None:
    dora, bad = newcomer("Dora"), bearer("x.y.z")
    account = {"email": dora.email, "password": PASSWORD}
    anyone.post("/auth/login", account, expect=200, headers=bad)
    anyone.post("/auth/register", account | {"email": fresh_address("dora")}, headers=bad)
    renewed = anyone.post("/auth/refresh", {"refresh_token": dora.refresh}, expect=200, headers=bad)
    anyone.post("/auth/logout", {"refresh_token": renewed["refresh_token"]}, expect=204, headers=bad)


CLOSED = [
    ("GET", "/users/me"),
    ("GET", "/wishlists"),
    ("POST", "/wishlists"),
    ("GET", "/reservations"),
    ("GET", "/notifications"),
    ("GET", "/metadata?url=https://example.com/"),
]


@says("Bearer access token unless marked *open*")
@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize("token", ["", "x.y.z"])
def test_protected_addresses_need_a_bearer(anyone: Client, method: str, path: str, token: str) -> None:
    answer = anyone.ask(method, path, headers=bearer(token) if token else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"

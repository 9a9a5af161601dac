"""Register, log in, refresh and log out over HTTP, with the complete answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.access.tokens import read_access_token, read_refresh_token
from accounts.models import Session, User
from accounts.names import NEW_MEMBER
from accounts.services.people import deactivate_user
from accounts.services.sessions import start_session, tokens_of
from tests.support.api_clients import Api, logged_in

DORA = {"email": "dora@example.com", "password": "a long password", "display_name": "Dora"}
PASSWORD = "correct horse battery"


def assert_tokens(answer: dict[str, Any], user: User) -> None:
    assert answer.keys() == {"access_token", "refresh_token", "token_type"}
    assert answer["token_type"] == "bearer"
    user_id, session_id = read_access_token(answer["access_token"])
    assert user_id == user.pk
    assert read_refresh_token(answer["refresh_token"])[0] == session_id
    assert Session.objects.live().get(pk=session_id).user == user


def test_register_creates_a_user_and_returns_tokens(api: Api) -> None:
    answer = api("POST", "/auth/register", DORA)
    assert answer.status_code == 201
    dora = User.objects.get()
    assert_tokens(answer.json(), dora)
    assert (dora.email, dora.display_name, dora.tenant.name) == ("dora@example.com", "Dora", "Default")
    assert dora.check_password("a long password")


@pytest.mark.parametrize("name", [None, "", "   "])
def test_name_is_not_derived_from_the_address(api: Api, name: str | None) -> None:
    assert api("POST", "/auth/register", DORA | {"display_name": name}).status_code == 201
    assert User.objects.get().display_name == str(NEW_MEMBER)


@pytest.mark.parametrize("name", ["dora@example.com", "I am dora@example.com", "x\uff20example.com"])
def test_address_as_name_gets_400(api: Api, name: str) -> None:
    answer = api("POST", "/auth/register", DORA | {"display_name": name})
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/display_name", "looks_like_address")
    ]


@pytest.mark.parametrize("email", ["dora@example.com", "Dora@Example.COM", " dora@example.com "])
def test_same_address_in_another_case_gets_409(api: Api, email: str) -> None:
    api("POST", "/auth/register", DORA)
    answer = api("POST", "/auth/register", DORA | {"email": email})
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "dora"}, {"email": ""}, {"email": None}, {"email": "x" * 250 + "@example.com"}, {"email": ["a"]},
        {"password": "seven77"}, {"password": "x" * 129}, {"password": None}, {"password": "nul\0 in there"},
        {"display_name": "x" * 81}, {"display_name": {"a": 1}}, {"email": "a\ud800@example.com"},
    ],
)  # fmt: skip
def test_invalid_registration_gets_400(api: Api, wrong: dict[str, Any]) -> None:
    answer = api("POST", "/auth/register", DORA | wrong)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@example.COM"])
def test_log_in_returns_tokens(api: Api, alice: User, email: str) -> None:
    answer = api("POST", "/auth/login", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    assert_tokens(answer.json(), alice)


def test_all_failed_log_ins_get_the_same_answer(api: Api, alice: User, bob: User) -> None:
    deactivate_user(user=bob)
    answers = [
        api("POST", "/auth/login", {"email": email, "password": password})
        for email, password in [
            (alice.email, "wrong"),
            ("nobody@example.com", PASSWORD),
            ("not an address", PASSWORD),
            (bob.email, PASSWORD),
        ]
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="api"'}
    assert answers[0].json()["code"] == "wrong_credentials"


def test_unknown_address_costs_a_hash(api: Api, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes are counted, because times on a busy machine prove nothing."""
    hashes: list[str] = []
    for name in ("encode", "verify"):
        _count(monkeypatch, name, hashes)
    for email in (alice.email, "nobody@example.com"):
        hashes.clear()
        api("POST", "/auth/login", {"email": email, "password": "wrong"})
        assert len(hashes) == 1, email


def _count(monkeypatch: pytest.MonkeyPatch, name: str, calls: list[str]) -> None:
    from accounts.access.hashing import BoundedArgon2PasswordHasher as Hasher

    original = getattr(Hasher, name)

    def counted(self: Hasher, *args: Any) -> Any:
        calls.append(name)
        return original(self, *args)

    monkeypatch.setattr(Hasher, name, counted)


def test_refresh_returns_new_tokens_once(api: Api, alice: User) -> None:
    first = logged_in(alice)
    answer = api("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert answer.status_code == 200
    assert_tokens(answer.json(), alice)
    assert answer.json()["refresh_token"] != first["refresh_token"]
    Session.objects.update(rotated_at=Now() - timedelta(seconds=11))
    again = api("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert (again.status_code, again.json()["code"]) == (401, "refresh_refused")


def test_refresh_refuses_an_access_token(api: Api, alice: User) -> None:
    assert (
        api("POST", "/auth/refresh", {"refresh_token": logged_in(alice)["access_token"]}).status_code == 401
    )


def test_log_out_ends_the_session_for_every_token(api: Api, alice: User) -> None:
    tokens, other = logged_in(alice), logged_in(alice)
    out = api("POST", "/auth/logout", {"refresh_token": tokens["refresh_token"]})
    assert (out.status_code, out.content) == (204, b"")
    assert Api(tokens["access_token"])("GET", "/users/me").status_code == 401
    assert api("POST", "/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert Api(other["access_token"])("GET", "/users/me").status_code == 200
    assert api("POST", "/auth/logout", {"refresh_token": tokens["refresh_token"]}).status_code == 204


def test_log_out_without_a_valid_token_is_refused(api: Api) -> None:
    assert api("POST", "/auth/logout", {"refresh_token": "x"}).status_code == 401
    assert api("POST", "/auth/logout", {}).status_code == 400


@pytest.mark.parametrize("header", ["Bearer x", "Bearer", "Bearer a b", "Bearer \xff", "bearer ..."])
def test_log_in_ignores_a_bad_authorization_header_and_other_views_refuse_it(
    alice: User, header: str
) -> None:
    client = Client(headers={"authorization": header})
    body = {"email": alice.email, "password": PASSWORD}
    assert client.post("/api/v1/auth/login", body, "application/json").status_code == 200
    refused = client.get("/api/v1/users/me")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == 'Bearer realm="api"'
    assert refused.json()["code"] == "not_authenticated"


@pytest.mark.both
def test_authentication_takes_one_query(
    as_alice: Api, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert as_alice("GET", "/users/me").status_code == 200


def test_token_with_the_session_of_another_user_is_refused(alice: User, bob: User) -> None:
    session = start_session(user=alice)
    session.user = bob
    assert Api(tokens_of(session)["access_token"])("GET", "/users/me").status_code == 401

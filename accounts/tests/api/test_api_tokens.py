"""Personal API tokens: made, used within their scopes, listed without the secret, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AccountActivity, ApiToken, Session, StoredAnswer, User
from accounts.services import api_tokens
from accounts.services.last_use import write_uses
from accounts.services.people import deactivate_user, remove_user
from core.http.redaction import redact
from tests.support.api_clients import Api, refused

Kind = AccountActivity.Kind
EVERYTHING = ["account", "giving", "lists:read", "lists:write"]

pytestmark = pytest.mark.django_db


def make(api: Api, *scopes: str, **more: Any) -> dict[str, Any]:
    answer = api("POST", "/users/me/tokens", {"name": "Script", "scopes": list(scopes or EVERYTHING), **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.both
def test_secret_is_in_the_answer_and_nowhere_else(as_alice: Api, alice: User) -> None:
    made = make(as_alice, "lists:read", "account")
    assert set(made) == {"id", "name", "scopes", "created_at", "last_used_at", "expires_at", "token"}
    assert (made["name"], made["scopes"], made["last_used_at"]) == ("Script", ["account", "lists:read"], None)
    assert made["token"].startswith("wlt_")
    assert len(made["token"]) >= 4 + 43
    [row] = as_alice("GET", "/users/me/tokens").json()
    assert row == {key: value for key, value in made.items() if key != "token"}
    assert made["token"] not in everything_stored()
    assert made["token"].removeprefix("wlt_") not in redact(f"GET /x?q={made['token']} {made['token']}")
    rows = AccountActivity.objects.filter(user=alice).values_list("kind", "by", "detail")
    assert list(rows) == [(Kind.TOKEN_MADE, alice.pk, {"scopes": ["account", "lists:read"]})]


def everything_stored() -> str:
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of tables
            rows += cursor.fetchall()
    return str(rows)


@pytest.mark.both
def test_token_takes_one_query(as_alice: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = Api(make(as_alice)["token"])
    token("GET", "/users/me")
    with django_assert_num_queries(1):
        token("GET", "/users/me")


def test_use_is_shown(as_alice: Api) -> None:
    made = make(as_alice)
    Api(made["token"])("GET", "/users/me")
    write_uses()
    [row] = as_alice("GET", "/users/me/tokens").json()
    assert row["last_used_at"] is not None


def test_revoked_token_is_refused(as_alice: Api, as_bob: Api, alice: User) -> None:
    made, other = make(as_alice), make(as_alice)
    path = f"/users/me/tokens/{made['id']}"
    assert refused(as_bob("DELETE", path)) == (404, "not_found")
    assert (as_alice("DELETE", path).status_code, as_alice("DELETE", path).status_code) == (204, 404)
    assert refused(Api(made["token"])("GET", "/users/me")) == (401, "not_authenticated")
    assert Api(other["token"])("GET", "/users/me").status_code == 200
    assert [row["id"] for row in as_alice("GET", "/users/me/tokens").json()] == [other["id"]]
    kinds = list(alice.account_activities.order_by("created_at").values_list("kind", flat=True))
    assert kinds == [Kind.TOKEN_MADE, Kind.TOKEN_MADE, Kind.TOKEN_REVOKED]


def test_expired_token_is_refused(as_alice: Api) -> None:
    made = make(as_alice, expires_at=(timezone.now() + timedelta(days=1)).isoformat())
    assert Api(made["token"])("GET", "/users/me").status_code == 200
    Session.objects.exclude(expires_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Api(made["token"])("GET", "/users/me").status_code == 401
    assert as_alice("GET", "/users/me/tokens").json() == []


@pytest.mark.parametrize("leave", [deactivate_user, remove_user])
def test_token_of_a_person_who_left_is_refused(as_alice: Api, alice: User, leave: Any) -> None:
    token = Api(make(as_alice)["token"])
    leave(user=alice)
    assert token("GET", "/users/me").status_code == 401


def test_removed_person_leaves_no_names_of_tokens_and_devices(as_alice: Api, alice: User) -> None:
    make(as_alice, name="Script of Alice")
    Session.objects.filter(user=alice).update(device="Alice's device")
    remove_user(user=alice)
    assert not ApiToken.objects.exists()
    assert "Alice's" not in str(Session.objects.values())


@pytest.mark.parametrize("token", ["wlt_", "wlt_" + "A" * 43, "wlt_é", "wlt_\x00", "wlt_" + "A" * 9000])
def test_unknown_token_is_refused(db: None, token: str) -> None:
    header = {"authorization": f"Bearer {token}".encode().decode("latin-1")}
    assert Client(headers=header).get("/api/v1/users/me").status_code == 401


def test_token_works_after_the_secret_was_rotated(as_alice: Api, settings: Settings) -> None:
    token = Api(make(as_alice, "account")["token"])
    old, settings.JWT_SECRET_KEY = settings.JWT_SECRET_KEY, "another secret, as long as it has to be"
    assert token("GET", "/users/me").status_code == 401
    settings.JWT_SECRET_KEY_FALLBACKS = [old]
    assert token("GET", "/users/me").status_code == 200


def test_repeated_request_makes_one_token_and_keeps_no_secret(as_alice: Api) -> None:
    body, headers = {"name": "Script", "scopes": ["giving"]}, {"idempotency-key": "a-key"}
    first = as_alice("POST", "/users/me/tokens", body, headers=headers).json()
    again = as_alice("POST", "/users/me/tokens", body, headers=headers)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.json() == first | {"token": None}
    assert ApiToken.objects.count() == 1
    assert first["token"] not in str(StoredAnswer.objects.values())


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scopes": ["giving"]}, "/name"),
        ({"name": "", "scopes": ["giving"]}, "/name"),
        ({"name": "x" * 81, "scopes": ["giving"]}, "/name"),
        ({"name": "x"}, "/scopes"),
        ({"name": "x", "scopes": []}, "/scopes"),
        ({"name": "x", "scopes": ["everything"]}, "/scopes/0"),
        ({"name": "x", "scopes": "giving"}, "/scopes"),
        ({"name": "x", "scopes": ["giving"], "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"name": "x", "scopes": ["giving"], "expires_at": "tomorrow"}, "/expires_at"),
    ],
)
def test_bad_input_is_refused_by_field(as_alice: Api, body: dict[str, Any], pointer: str) -> None:
    answer = as_alice("POST", "/users/me/tokens", body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_number_of_tokens_is_limited(as_alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_tokens, "MOST", 2)
    made = [make(as_alice) for _time in range(2)]
    answer = as_alice("POST", "/users/me/tokens", {"name": "x", "scopes": ["giving"]})
    assert refused(answer) == (409, "too_many_tokens")
    as_alice("DELETE", f"/users/me/tokens/{made[0]['id']}")
    make(as_alice)


# --- scopes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/users/me/tokens", None),
        ("POST", "/users/me/tokens", {"name": "x", "scopes": ["giving"]}),
        ("GET", "/users/me/sessions", None),
        ("DELETE", "/users/me/sessions", None),
        ("POST", "/auth/password/change", {"current_password": "x", "new_password": "a long password"}),
        ("DELETE", "/users/me", None),
    ],
)
def test_no_token_touches_credentials(as_alice: Api, method: str, path: str, body: Any) -> None:
    token = Api(make(as_alice)["token"])
    assert refused(token(method, path, body)) == (403, "log_in_only")
    assert token("GET", "/users/me").status_code == 200


def test_token_opens_no_page(as_alice: Api) -> None:
    token = make(as_alice)["token"]
    assert Client(headers={"authorization": f"Bearer {token}"}).get("/account").status_code == 302

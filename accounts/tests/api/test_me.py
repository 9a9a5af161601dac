"""`/users/me`: read, edit and delete the own account."""

from __future__ import annotations

from typing import Any

import pytest
from django.dispatch import Signal

from accounts.models import Notification, Session, User
from accounts.names import FORMER_MEMBER
from accounts.services.inbox import notify
from accounts.services.people import (
    change_password,
    deactivate_user,
    reactivate_user,
    register_user,
    remove_user,
)
from accounts.services.sessions import end_all_sessions, start_session
from accounts.signals import person_removed
from tests.support.api_clients import Api, logged_in

PICTURE = "https://example.com/alice.png"


def test_own_account_has_these_fields(as_alice: Api, alice: User) -> None:
    assert as_alice("GET", "/users/me").json() == {
        "id": str(alice.pk),
        "email": "alice@example.com",
        "email_verified": True,
        "handle": None,
        "display_name": "Alice",
        "avatar_url": None,
        "language": None,
        "time_zone": None,
        "currency": None,
        "created_at": alice.date_joined.isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("Alice", None)),
        ({"display_name": "  Alice   B. "}, ("Alice B.", None)),
        ({"display_name": None}, ("Alice", None)),
        ({"display_name": ""}, ("Alice", None)),
        ({"avatar_url": PICTURE}, ("Alice", PICTURE)),
        ({"avatar_url": "http://localhost:9000/a.png"}, ("Alice", "http://localhost:9000/a.png")),
        ({"display_name": "Ally", "unknown": 1, "email": "other@example.com"}, ("Ally", None)),
    ],
)
def test_edit_changes_only_known_fields(
    as_alice: Api, alice: User, method: str, body: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    before = as_alice("GET", "/users/me").json()
    answer = as_alice(method, "/users/me", body)
    assert answer.status_code == 200
    assert answer.json() == before | dict(zip(("display_name", "avatar_url"), expected, strict=True))
    assert as_alice("GET", "/users/me").json() == answer.json()


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_avatar_url_clears_the_picture(as_alice: Api, alice: User, empty: str | None) -> None:
    as_alice("PATCH", "/users/me", {"avatar_url": PICTURE})
    assert as_alice("PATCH", "/users/me", {"avatar_url": empty}).json()["avatar_url"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"display_name": "x" * 81}, {"display_name": "alice@example.com"}, {"display_name": True}, {"display_name": []},
        {"avatar_url": "javascript:alert(1)"}, {"avatar_url": "ftp://example.com/a"}, {"avatar_url": "//example.com/a"},
        {"avatar_url": "https://example.com/" + "a" * 2048}, {"avatar_url": "https://exa mple.com/"},
        {"avatar_url": "https://[::1/"}, {"avatar_url": "data:image/png;base64,AAAA"}, {"avatar_url": {}}, [], "x",
        {"unknown": 1, "email": "other@example.com"},
    ],
)  # fmt: skip
def test_invalid_edit_gets_400(as_alice: Api, alice: User, body: Any) -> None:
    assert as_alice("PATCH", "/users/me", body).status_code == 400
    alice.refresh_from_db()
    assert (alice.display_name, alice.avatar_url) == ("Alice", "")


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_request_without_log_in_gets_401(api: Api, method: str) -> None:
    assert api(method, "/users/me", {}).status_code == 401


def test_deletion_removes_personal_data_and_ends_sessions(as_alice: Api, alice: User) -> None:
    """Personal data is removed, all sessions end, and the address can be registered again."""
    notify(users=[alice], kind="other", title="Hello")
    others = logged_in(alice)
    left = as_alice("DELETE", "/users/me")
    assert (left.status_code, left.content) == (204, b"")
    assert as_alice("GET", "/users/me").status_code == 401
    assert Api(others["access_token"])("GET", "/users/me").status_code == 401
    row = User.objects.get(pk=alice.pk)
    assert (row.display_name, row.avatar_url, row.is_active) == (str(FORMER_MEMBER), "", False)
    assert "alice" not in row.email
    assert row.removed_at
    assert not row.has_usable_password()
    assert not Session.objects.live().exists()
    assert not Notification.objects.exists()
    assert register_user(email="alice@example.com", password="another one").pk != alice.pk


@pytest.fixture
def removed_names() -> Any:
    """Collect the users' names at the time of the signal `person_removed`."""
    names: list[str] = []

    def keep_name(user: User, **_: Any) -> None:
        names.append(user.display_name)

    assert isinstance(person_removed, Signal)
    person_removed.connect(keep_name)
    yield names
    person_removed.disconnect(keep_name)


def test_deletion_sends_the_signal_once_before_the_name_is_removed(
    alice: User, removed_names: list[str]
) -> None:
    remove_user(user=alice)
    remove_user(user=alice)
    assert removed_names == ["Alice"]


def test_deleted_user_cannot_be_reactivated(alice: User) -> None:
    remove_user(user=alice)
    assert not reactivate_user(user=alice).is_active


def test_deactivated_user_is_logged_out_and_can_log_in_after_reactivation(alice: User) -> None:
    old = logged_in(alice)
    deactivate_user(user=alice)
    assert Api(old["access_token"])("GET", "/users/me").status_code == 401
    reactivate_user(user=alice)
    assert Api(old["access_token"])("GET", "/users/me").status_code == 401
    answer = Api()("POST", "/auth/login", {"email": alice.email, "password": "correct horse battery"})
    assert answer.status_code == 200


def test_new_password_ends_all_sessions(alice: User) -> None:
    first, second = start_session(user=alice), start_session(user=alice)
    change_password(user=alice, password="a new password")
    assert not Session.objects.live().exists()
    third = start_session(user=alice)
    alice.set_password("from a shell")
    alice.save()
    assert set(Session.objects.exclude(ended_at=None)) == {first, second, third}


def test_password_check_and_rename_keep_sessions(alice: User) -> None:
    session = start_session(user=alice)
    assert alice.check_password("correct horse battery")
    alice.display_name = "Alice B."
    alice.save()
    assert list(Session.objects.live()) == [session]


def test_end_all_sessions_keeps_the_excepted_one(alice: User, bob: User) -> None:
    here, there, bobs = start_session(user=alice), start_session(user=alice), start_session(user=bob)
    end_all_sessions(user=alice, but=here)
    assert set(Session.objects.live()) == {here, bobs}
    assert Session.objects.get(pk=there.pk).ended_at
    end_all_sessions(user=alice)
    assert list(Session.objects.live()) == [bobs]

"""`/users/me/avatar`: upload and remove a picture."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Avatar, User
from accounts.services.avatars import renew_addresses
from accounts.services.people import edit_user, remove_user
from core.limits.rate_limits import PICTURES, hit
from core.tests.pictures.hostile import saved
from tests.support.api_clients import Api

pytestmark = pytest.mark.both


def post(api: Api, content: bytes, path: str = "/users/me/avatar", **fields: Any) -> Any:
    upload = SimpleUploadedFile("me.png", content, "image/png")
    return api.client.post(f"/api/v1{path}", {"file": upload, **fields})


@pytest.mark.parametrize("path", ["/users/me/avatar", "/auth/avatar"])
def test_uploaded_picture_can_be_seen_by_all_who_know_its_address(
    path: str, as_bob: Api, bob: User, settings: Any
) -> None:
    answer = post(as_bob, saved("PNG"), path, zoom=2, left=0)
    bob.refresh_from_db()
    assert (answer.status_code, answer.json()["avatar_url"]) == (200, bob.avatar_url)
    assert bob.avatar_url == f"{settings.SITE_URL}/avatars/{bob.avatar.pk}.webp"
    shown = Client().get(f"/avatars/{bob.avatar.pk}.webp")
    assert (shown["Content-Type"], shown.content[8:12]) == ("image/webp", b"WEBP")
    assert "immutable" in shown["Cache-Control"]
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_new_picture_has_a_new_address_and_the_old_is_gone(as_bob: Api, bob: User) -> None:
    first, second = (post(as_bob, saved("PNG")).json()["avatar_url"] for _ in range(2))
    assert first != second
    assert Client().get(first).status_code == 404
    assert Avatar.objects.filter(user=bob).count() == 1


def test_removed_picture_is_gone(as_bob: Api) -> None:
    address = post(as_bob, saved("PNG")).json()["avatar_url"]
    for _ in range(2):
        answer = as_bob("DELETE", "/users/me/avatar")
        assert (answer.status_code, answer.json()["avatar_url"]) == (200, None)
    assert Client().get(address).status_code == 404
    assert not Avatar.objects.exists()


@pytest.mark.parametrize("change", ["another address", "account removed"])
def test_picture_that_is_named_no_more_is_deleted(change: str, as_bob: Api, bob: User) -> None:
    post(as_bob, saved("PNG"))
    if change == "account removed":
        remove_user(user=bob)
    else:
        edit_user(user=bob, avatar_url="https://example.com/bob.png")
    assert not Avatar.objects.exists()


def test_picture_survives_another_change_of_the_profile(as_bob: Api, bob: User) -> None:
    post(as_bob, saved("PNG"))
    bob.refresh_from_db()
    edit_user(user=bob, display_name="Bobby")
    bob.save()
    assert Avatar.objects.filter(user=bob).exists()


@pytest.mark.parametrize(
    ("content", "fields", "status", "code"),
    [
        (b"<svg/>", {}, 400, "not_a_picture"),
        (b"", {}, 400, "empty"),
        (b"\0" * (5 * 1024 * 1024 + 1), {}, 413, "picture_too_large"),
        (saved("PNG"), {"zoom": 9}, 400, "max_value"),
        (saved("PNG"), {"left": "nan"}, 400, "invalid"),
    ],
)
def test_bad_upload_is_refused_with_a_sentence(
    content: bytes, fields: dict[str, Any], status: int, code: str, as_bob: Api, bob: User
) -> None:
    answer = post(as_bob, content, **fields)
    assert answer.status_code == status, answer.content
    assert code in answer.content.decode()
    bob.refresh_from_db()
    assert bob.avatar_url == ""


def test_json_is_not_an_upload(as_bob: Api) -> None:
    answer = as_bob("POST", "/users/me/avatar", {"file": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/file")


def test_strangers_upload_nothing(api: Api) -> None:
    assert post(api, saved("PNG")).status_code == 401


def test_pictures_are_limited(as_bob: Api, bob: User) -> None:
    for _ in range(PICTURES.amount):
        assert hit(PICTURES, bob.pk)
    answer = post(as_bob, saved("PNG"))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")


def test_addresses_follow_the_site(as_bob: Api, bob: User, settings: Any) -> None:
    post(as_bob, saved("PNG"))
    settings.SITE_URL = "https://wishes.example.org"
    assert (renew_addresses(), renew_addresses()) == (1, 0)
    bob.refresh_from_db()
    assert bob.avatar_url == f"https://wishes.example.org/avatars/{bob.avatar.pk}.webp"

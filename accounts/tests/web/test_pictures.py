"""The page to choose one's picture, and what stands beside a name without one."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.templatetags.people import avatar, initials
from core.tests.pictures.hostile import saved

pytestmark = pytest.mark.once

MIDDLE = {"zoom": "1", "left": "0.5", "top": "0.5"}


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ann", "A"),
        ("Ann Lee", "AL"),
        ("Ann van Lee", "AL"),
        ("  élise  ", "É"),
        ("«Mo» (mum)", "MM"),
        ("李 小龙", "李小"),
        ("🎁", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_name_without_a_picture_gets_its_initials_which_screen_readers_skip(bob: User) -> None:
    assert 'aria-hidden="true">B</span>' in avatar(bob)


def test_upload_on_the_page(bob: User, client: Client) -> None:
    client.force_login(bob)
    assert "first letters" in client.get("/account/picture").content.decode()
    done = client.post(
        "/account/picture", {"file": SimpleUploadedFile("a.png", saved("PNG")), **MIDDLE}, follow=True
    )
    page = done.content.decode()
    assert "Your picture was changed." in page
    bob.refresh_from_db()
    assert f'src="{bob.avatar_url}"' in page
    gone = client.post("/account/picture/remove", follow=True).content.decode()
    assert "Your picture was removed." in gone


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [(b"<svg/>", 400, "Choose a JPEG, PNG or WebP picture."), (None, 422, "This field is required.")],
)
def test_refused_upload_is_explained_beside_the_field(
    content: bytes | None, status: int, sentence: str, bob: User, client: Client
) -> None:
    client.force_login(bob)
    files = {"file": SimpleUploadedFile("a.svg", content)} if content else {}
    answer = client.post("/account/picture", {**files, **MIDDLE})
    assert (answer.status_code, sentence in answer.content.decode()) == (status, True)

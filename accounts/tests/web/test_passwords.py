"""A password works in each of its Unicode forms."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.access.hashing import BoundedArgon2PasswordHasher
from accounts.models import Session, User
from accounts.services.sessions import start_session
from tests.support.api_clients import Api

NFC = "Grüße aus Köln é"
NFD = unicodedata.normalize("NFD", NFC)
SPACED = NFC.replace(" ", "\u00a0")
FORMS = [NFC, NFD, SPACED]


@pytest.mark.parametrize("chosen", FORMS)
def test_password_works_in_each_unicode_form(api: Api, chosen: str) -> None:
    body = {"email": "jo@example.com", "password": chosen}
    assert api("POST", "/auth/register", body).status_code == 201
    for typed in FORMS:
        assert api("POST", "/auth/login", body | {"password": typed}).status_code == 200
        assert Client().post("/login", body | {"password": typed}).status_code == 302
    assert api("POST", "/auth/login", body | {"password": NFC.replace("ü", "u")}).status_code == 401


@pytest.mark.parametrize("hashed", [NFC, NFD])
@pytest.mark.parametrize("typed", FORMS)
def test_old_hash_works_and_is_replaced_without_logging_out(alice: User, hashed: str, typed: str) -> None:
    session = start_session(user=alice)
    User.objects.filter(pk=alice.pk).update(password=make_password(hashed))
    alice.refresh_from_db()
    before = alice.password
    assert alice.check_password(typed)
    alice.refresh_from_db()
    assert (alice.password == before) is (hashed == NFC)
    assert alice.check_password(NFC)
    assert Session.objects.live().filter(pk=session.pk).exists()


def test_length_limit_applies_to_the_hashed_form(api: Api) -> None:
    body = {"email": "jo@example.com", "password": unicodedata.normalize("NFD", "ü" * 128)}
    assert api("POST", "/auth/register", body).status_code == 201
    assert api("POST", "/auth/login", body).status_code == 200
    seven, many = unicodedata.normalize("NFD", "ü" * 7), unicodedata.normalize("NFD", "ü" * 129)
    for wrong in (seven, many, "a" + "\u0301\u0323" * 20_000):
        answer = api("POST", "/auth/register", {"email": "al@example.com", "password": wrong})
        assert answer.status_code == 400


def test_password_can_be_changed_on_pages_in_each_form(alice: User) -> None:
    alice.set_password(NFD)
    alice.save()
    browser = Client()
    browser.force_login(alice)
    page = browser.post("/account/password", {"password": NFC, "new_password": NFD + "!"})
    assert page.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NFC + "!")


@pytest.mark.parametrize("password", ["wrong", "fälsch"])
def test_unknown_address_costs_as_many_hashes(
    api: Api, alice: User, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    hashes: list[str] = []
    for name in ("encode", "verify"):
        original = getattr(BoundedArgon2PasswordHasher, name)

        def counted(self: Any, *args: Any, original: Any = original, name: str = name) -> Any:
            hashes.append(name)
            return original(self, *args)

        monkeypatch.setattr(BoundedArgon2PasswordHasher, name, counted)
    numbers = set()
    for email in (alice.email, "nobody@example.com"):
        hashes.clear()
        api("POST", "/auth/login", {"email": email, "password": password})
        numbers.add(len(hashes))
    assert len(numbers) == 1

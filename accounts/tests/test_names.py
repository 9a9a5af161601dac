"""Invisible names are refused, and invisible characters are removed, in the API, on pages, in the admin and by `save`."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.names import NEW_MEMBER
from accounts.services.mail import render_mail
from accounts.services.people import edit_user, register_user
from core.tests.corpus import corpus
from tests.support.api_clients import Api

KNOWN = [row for row in corpus("texts")["one_line"] if "\0" not in row[0]]
BLANK = [typed for typed, kept, _why in KNOWN if not kept]
PASSWORD = "correct horse battery"


@pytest.mark.once
def test_names_of_the_corpus_are_tidied_over_http(as_alice: Api, alice: User) -> None:
    """A blank name leaves the old one, and several spaces become one."""
    for typed, kept, why in KNOWN:
        if "@" in typed:
            continue  # refused for another reason
        User.objects.filter(pk=alice.pk).update(display_name="Alice")
        answer = as_alice("PATCH", "/users/me", {"display_name": typed})
        assert answer.status_code == 200, why
        assert answer.json()["display_name"] == (" ".join(kept.split()) or "Alice"), why


@pytest.mark.once
def test_page_refuses_a_blank_name(alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    for typed in BLANK:
        assert browser.post("/account", {"display_name": typed}).status_code == 422, ascii(typed)
    assert browser.post("/account", {"display_name": "Ali\u200bce\nB."}).status_code == 302
    alice.refresh_from_db()
    assert alice.display_name == "Alice B."


@pytest.mark.parametrize("typed", ["\u200b", "\u3164", "\u2800", "\u202e", "\u0301"])
def test_invisible_name_at_registration_becomes_new_member(db: None, typed: str) -> None:
    assert register_user(email="jo@example.com", password=PASSWORD, display_name=typed).display_name == str(
        NEW_MEMBER
    )


def test_admin_refuses_an_invisible_name(alice: User) -> None:
    admin = Client()
    admin.force_login(User.objects.create_superuser("root@example.com", None, display_name="Root"))
    here = f"/admin/accounts/user/{alice.pk}/change/"
    typed = {"email": alice.email, "is_active": "on", "tenant": str(alice.tenant_id), "tenant_role": "member"}
    assert admin.post(here, typed | {"display_name": "\u3164\u200b"}).status_code == 200
    assert admin.post(here, typed | {"display_name": "Al\u202eice"}).status_code == 302
    alice.refresh_from_db()
    assert alice.display_name == "Alice"


def test_address_with_invisible_characters_is_refused_as_name(as_alice: Api) -> None:
    answer = as_alice("PATCH", "/users/me", {"display_name": "bob\u200b@exam\u00adple.com"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "looks_like_address")


def test_save_keeps_the_name_on_one_line(alice: User) -> None:
    edit_user(user=alice, display_name="A\nB")
    alice.display_name = "Ali\u200bce\nC"
    alice.save()
    assert alice.display_name == "Alice C"
    alice.refresh_from_db()
    assert alice.display_name == "Alice C"


@pytest.mark.once
@pytest.mark.parametrize("line_break", ["\n", "\r\n\r\n", "\u2028", "\u0085"])
def test_line_break_in_an_old_title_does_not_cut_the_subject(line_break: str) -> None:
    name = f"Kettle{line_break}Bcc: x@example.com"
    subject, body = render_mail("thanks", name=name, list=name, note="one\ntwo", guest=name)
    assert subject.startswith("Kettle Bcc: x@example.com")
    assert "one\ntwo" in body

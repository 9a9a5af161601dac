"""Names that nobody sees are no names, and what nobody sees is in none, on whatever door they come."""

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
def test_names_of_the_corpus_are_kept_over_http_as_it_says(as_alice: Api, alice: User) -> None:
    """A blank one leaves the name as it is; runs of spaces are one in a name."""
    for typed, kept, why in KNOWN:
        if "@" in typed:
            continue  # no name either, for another reason
        User.objects.filter(pk=alice.pk).update(display_name="Alice")
        answer = as_alice("PATCH", "/users/me", {"display_name": typed})
        assert answer.status_code == 200, why
        assert answer.json()["display_name"] == (" ".join(kept.split()) or "Alice"), why


@pytest.mark.once
def test_a_page_asks_again_for_a_blank_name(alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    for typed in BLANK:
        assert browser.post("/account", {"display_name": typed}).status_code == 422, ascii(typed)
    assert browser.post("/account", {"display_name": "Ali\u200bce\nB."}).status_code == 302
    alice.refresh_from_db()
    assert alice.display_name == "Alice B."


@pytest.mark.parametrize("typed", ["\u200b", "\u3164", "\u2800", "\u202e", "\u0301"])
def test_who_registers_without_a_visible_name_is_a_new_member(db: None, typed: str) -> None:
    assert register_user(email="jo@example.com", password=PASSWORD, display_name=typed).display_name == str(
        NEW_MEMBER
    )


def test_the_admin_asks_for_a_visible_name(alice: User) -> None:
    admin = Client()
    admin.force_login(User.objects.create_superuser("root@example.com", None, display_name="Root"))
    here = f"/admin/accounts/user/{alice.pk}/change/"
    typed = {"email": alice.email, "is_active": "on", "tenant": str(alice.tenant_id), "tenant_role": "member"}
    assert admin.post(here, typed | {"display_name": "\u3164\u200b"}).status_code == 200
    assert admin.post(here, typed | {"display_name": "Al\u202eice"}).status_code == 302
    alice.refresh_from_db()
    assert alice.display_name == "Alice"


def test_an_address_with_something_invisible_in_it_is_no_name(as_alice: Api) -> None:
    answer = as_alice("PATCH", "/users/me", {"display_name": "bob\u200b@exam\u00adple.com"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "looks_like_address")


def test_the_column_keeps_one_line_whatever_is_saved(alice: User) -> None:
    edit_user(user=alice, display_name="A\nB")
    alice.display_name = "Ali\u200bce\nC"
    alice.save()
    assert alice.display_name == "Alice C"
    alice.refresh_from_db()
    assert alice.display_name == "Alice C"


@pytest.mark.once
@pytest.mark.parametrize("line_break", ["\n", "\r\n\r\n", "\u2028", "\u0085"])
def test_a_line_break_from_before_does_not_end_a_subject(line_break: str) -> None:
    name = f"Kettle{line_break}Bcc: x@example.com"
    subject, body = render_mail("thanks", name=name, list=name, note="one\ntwo", guest=name)
    assert subject.startswith("Kettle Bcc: x@example.com")
    assert "one\ntwo" in body

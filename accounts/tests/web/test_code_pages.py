"""Pages of mailed codes: they use the services of the API, and say the same to everybody."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import AccountActivity, OneTimeCode, Session, User
from accounts.services.people import check_credentials
from conftest import PASSWORD
from tests.support.browsing import as_user
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db

NEW = "a better password"


def mailed(to: str) -> str:
    run_queued_jobs()
    (letter,) = (letter for letter in mail.outbox if letter.to == [to] and "code" in letter.subject)
    mail.outbox.clear()
    return str(re.findall(r"^\d{6}$", str(letter.body), re.MULTILINE)[0])


def test_page_logs_in_with_a_code_and_leads_back(alice: User) -> None:
    browser = Client()
    assert "/login/code?next=/gifts" in browser.get("/login?next=/gifts").text
    asked = browser.post("/login/code", {"email": alice.email, "next": "/gifts"})
    assert asked["Location"] == "/login/code/confirm?next=%2Fgifts"
    page = browser.get(asked["Location"])
    assert alice.email in page.text
    sent = {"email": alice.email, "code": mailed(alice.email), "next": "/gifts"}
    answer = browser.post("/login/code/confirm", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/gifts")
    assert browser.get("/gifts").status_code == 200
    assert AccountActivity.objects.get(kind="account_logged_in").detail == {"method": "code"}


def test_page_sets_a_new_password_and_ends_sessions(alice: User) -> None:
    elsewhere = as_user(alice)
    browser = Client()
    asked = browser.post("/password/reset", {"email": alice.email})
    code = mailed(alice.email)
    wrong = browser.post(
        asked["Location"], {"email": alice.email, "code": "000000", "password": NEW}, follow=False
    )
    assert (wrong.status_code, NEW in wrong.text) == (422, False)
    done = browser.post(asked["Location"], {"email": alice.email, "code": code, "password": NEW})
    assert done["Location"] == "/login"
    assert elsewhere.get("/inbox").status_code == 302
    assert check_credentials(email=alice.email, password=NEW) == alice
    assert not Session.objects.live().exists(), "it does not log in"


@pytest.mark.parametrize("page", ["/login/code", "/password/reset", "/verify-email/resend"])
def test_page_says_the_same_about_every_address(page: str, alice: User) -> None:
    answers = set()
    for email in (alice.email, "nobody@example.com"):
        browser = Client()
        asked = browser.post(page, {"email": email})
        said = browser.get(asked["Location"]).text.replace(email, "")
        answers.add((asked.status_code, asked["Location"], re.sub(r'value="[^"]*"', "", said)))
    assert len(answers) == 1
    assert OneTimeCode.objects.count() == 2


def test_registering_leads_to_the_verification_where_mail_is_sent(settings: Settings) -> None:
    settings.VERIFY_ADDRESSES = True
    browser = Client()
    made = browser.post("/register", {"email": "dora@example.com", "password": PASSWORD, "next": "/gifts"})
    assert made["Location"] == "/verify-email?next=%2Fgifts"
    assert "Do this later" in browser.get(made["Location"]).text
    assert "not verified" in browser.get("/account").text
    code = mailed("dora@example.com")
    answer = browser.post("/verify-email", {"email": "dora@example.com", "code": code, "next": "/gifts"})
    assert answer["Location"] == "/gifts"
    assert "not verified" not in browser.get("/account").text


def test_page_changes_the_address(bob: User) -> None:
    browser = as_user(bob)
    sent = {"email": "bobby@example.org", "password": PASSWORD}
    assert browser.post("/account/email", sent | {"password": "wrong"}).status_code == 422
    assert browser.post("/account/email", sent)["Location"] == "/account/email/confirm"
    code = mailed("bobby@example.org")
    assert browser.post("/account/email/confirm", {"code": code})["Location"] == "/account"
    assert "bobby@example.org" in browser.get("/account").text


@pytest.mark.parametrize("page", ["/login", "/login/code", "/password/reset"])
@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_next_leads_to_no_other_site(page: str, to: str, alice: User) -> None:
    sent = {"email": alice.email, "password": PASSWORD, "next": to}
    assert "evil" not in Client().post(page, sent)["Location"]

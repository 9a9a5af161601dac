"""Second factors on pages and in the API: apps, recovery codes, and what the admin asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AccountActivity, Session, User
from accounts.refusals import WrongSecondFactor
from accounts.services.people import remove_user
from accounts.services.signing_in.second_factors import (
    add_app,
    check_code_of_app,
    encrypt_factors_anew,
    has_second_factor,
    new_app_secret,
    recovery_codes_of,
)
from accounts.services.signing_in.verifying import recover
from accounts.tests.web.app_codes import code_of
from conftest import PASSWORD
from tests.support.api_clients import Api, refused
from tests.support.browsing import as_user
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(bob: User) -> str:
    """Bob's app, which he set up a while ago."""
    made = new_app_secret()
    add_app(user=bob, secret=made, code=code_of(made))
    mail.outbox.clear()
    return made


def first_step(to: str = "/gifts") -> Client:
    browser = Client()
    answer = browser.post("/login", {"email": "bob@example.com", "password": PASSWORD, "next": to})
    assert answer["Location"] == "/login/second-factor"
    return browser


# --- pages -----------------------------------------------------------------------------------------------------------


def test_user_sets_up_an_app_and_gets_recovery_codes_once(bob: User) -> None:
    browser = as_user(bob)
    page = browser.get("/account/security/app")
    secret = re.findall(r'id="secret">(\w+)<', page.text)[0]
    assert "data:image/svg+xml" in page.text
    wrong = browser.post("/account/security/app", {"password": PASSWORD, "code": "000000"})
    assert wrong.status_code == 422
    assert secret in wrong.text, "the app was already set up with this key"
    assert (
        browser.post("/account/security/app", {"password": "x", "code": code_of(secret)}).status_code == 422
    )
    done = browser.post("/account/security/app", {"password": PASSWORD, "code": code_of(secret)})
    codes = re.findall(r"<code>(\d{8})</code>", browser.get(done["Location"]).text)
    assert codes == recovery_codes_of(bob)
    assert len(codes) == 10
    assert browser.get("/account/security/recovery-codes")["Location"] == "/account/security"
    run_queued_jobs()
    assert [letter.subject for letter in mail.outbox] == ["An authenticator app was added"]
    assert AccountActivity.objects.get(kind="account_factor_added").detail == {"factor": "app"}


def test_log_in_on_a_page_asks_for_the_code(bob: User, secret: str) -> None:
    before = Session.objects.count()
    browser = first_step()
    assert browser.get("/gifts").status_code == 302
    assert Session.objects.count() == before, "nobody is logged in yet"
    assert browser.get("/login/second-factor").status_code == 200
    assert browser.post("/login/second-factor", {"code": "000000"}).status_code == 422
    assert browser.post("/login/second-factor", {"code": code_of(secret)})["Location"] == "/gifts"
    assert browser.get("/gifts").status_code == 200
    detail = AccountActivity.objects.get(kind="account_logged_in").detail
    assert detail == {"method": "password", "second_factor": "code"}


def test_second_step_needs_the_first(bob: User, secret: str) -> None:
    browser = Client()
    for answer in (browser.get("/login/second-factor"), browser.post("/login/second-factor", {"code": "1"})):
        assert answer["Location"] == "/login"


@pytest.mark.parametrize("what", ["new password", "too late", "closed"])
def test_first_step_ends(what: str, bob: User, secret: str) -> None:
    browser = first_step()
    later = timedelta(minutes=11) if what == "too late" else timedelta(seconds=31)
    if what == "new password":
        bob.set_password("another password")
        bob.save()
    if what == "closed":
        User.objects.filter(pk=bob.pk).update(is_active=False)
    with time_machine.travel(timezone.now() + later):
        assert browser.post("/login/second-factor", {"code": code_of(secret)})["Location"] == "/login"
        assert browser.get("/gifts").status_code == 302


def test_recovery_code_works_once(bob: User, secret: str) -> None:
    code = recovery_codes_of(bob)[3]
    assert first_step().post("/login/second-factor", {"code": code})["Location"] == "/gifts"
    assert first_step().post("/login/second-factor", {"code": code}).status_code == 422
    assert len(recovery_codes_of(bob)) == 9


def test_new_recovery_codes_replace_the_old_ones(bob: User, secret: str) -> None:
    old, browser = recovery_codes_of(bob), as_user(bob)
    assert browser.post("/account/security/recovery-codes/new", {"password": "x"}).status_code == 422
    done = browser.post("/account/security/recovery-codes/new", {"password": PASSWORD})
    assert recovery_codes_of(bob)[0] in browser.get(done["Location"]).text
    assert not set(old) & set(recovery_codes_of(bob))


def test_removing_the_app_removes_the_recovery_codes(bob: User, secret: str) -> None:
    browser = as_user(bob)
    assert (
        browser.post("/account/security/app/remove", {"password": PASSWORD})["Location"]
        == "/account/security"
    )
    assert not Authenticator.objects.exists()
    assert Client().post("/login", {"email": bob.email, "password": PASSWORD})["Location"] == "/lists"


def test_unverified_address_gets_no_second_factor(bob: User, settings: Settings) -> None:
    """Otherwise somebody could register another person's address, and keep them out for ever."""
    settings.VERIFY_ADDRESSES = True
    browser = as_user(bob)
    secret = re.findall(r'id="secret">(\w+)<', browser.get("/account/security/app").text)[0]
    answer = browser.post("/account/security/app", {"password": PASSWORD, "code": code_of(secret)})
    assert (answer.status_code, has_second_factor(bob)) == (422, False)


# --- the API -----------------------------------------------------------------------------------------------------


def test_api_asks_for_the_second_factor(api: Api, bob: User, secret: str) -> None:
    body = {"email": bob.email, "password": PASSWORD}
    assert refused(api("POST", "/auth/login", body)) == (401, "second_factor_required")
    wrong_password = body | {"password": "x", "second_factor": code_of(secret)}
    assert refused(api("POST", "/auth/login", wrong_password)) == (401, "wrong_credentials")
    assert refused(api("POST", "/auth/login", body | {"second_factor": "000000"})) == (
        401,
        "wrong_second_factor",
    )
    answer = api("POST", "/auth/login", body | {"second_factor": code_of(secret)})
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type"}


def test_api_keeps_a_mailed_code_until_the_second_factor_is_right(api: Api, bob: User, secret: str) -> None:
    api("POST", "/auth/code", {"email": bob.email})
    run_queued_jobs()
    body = {"email": bob.email, "code": re.findall(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)[0]}
    assert refused(api("POST", "/auth/code/confirm", body)) == (401, "second_factor_required")
    assert api("POST", "/auth/code/confirm", body | {"second_factor": code_of(secret)}).status_code == 200


def test_without_a_second_factor_the_field_changes_nothing(api: Api, alice: User) -> None:
    body = {"email": alice.email, "password": PASSWORD}
    assert api("POST", "/auth/login", body).status_code == 200
    assert api("POST", "/auth/login", body | {"second_factor": "anything"}).status_code == 200


# --- guesses, repetitions, and what is stored -----------------------------------------------------------------


def test_guesses_are_limited_for_each_account(api: Api, bob: User, secret: str) -> None:
    body = {"email": bob.email, "password": PASSWORD}
    answers = [api("POST", "/auth/login", body | {"second_factor": f"{n:06}"}).status_code for n in range(6)]
    assert answers == [401] * 5 + [429]
    assert refused(api("POST", "/auth/login", body | {"second_factor": code_of(secret)}))[0] == 429


def test_code_of_the_app_works_once(bob: User, secret: str) -> None:
    check_code_of_app(bob, code_of(secret))
    with pytest.raises(WrongSecondFactor):
        check_code_of_app(bob, code_of(secret))
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        check_code_of_app(bob, code_of(secret))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery code"])
def test_code_works_once_for_many_at_the_same_moment(kind: str, bob: User, settings: Settings) -> None:
    settings.RATE_LIMITS = False  # what is exact here is the code
    made = new_app_secret()
    add_app(user=bob, secret=made, code=code_of(made))
    code = code_of(made) if kind == "app" else recovery_codes_of(bob)[0]

    def use(_: int) -> bool:
        try:
            check_code_of_app(bob, code)
        except WrongSecondFactor:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(use, range(8))) == 1


def test_secrets_are_encrypted_and_follow_a_new_key(bob: User, secret: str, settings: Settings) -> None:
    codes = recovery_codes_of(bob)
    assert secret not in str(list(Authenticator.objects.values("data")))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 4, [settings.SECRET_KEY]
    assert encrypt_factors_anew() == 2
    assert encrypt_factors_anew() == 0
    settings.SECRET_KEY_FALLBACKS = []
    assert recovery_codes_of(bob) == codes
    check_code_of_app(bob, code_of(secret))


@pytest.mark.parametrize("leave", [lambda user: remove_user(user=user), recover])
def test_second_factors_go_with_the_person(leave: Callable[[User], object], bob: User, secret: str) -> None:
    leave(bob)
    assert not Authenticator.objects.exists()


# --- the admin -------------------------------------------------------------------------------------------------------


def test_admin_needs_a_second_factor_where_the_switch_is_on(bob: User, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    browser = as_user(bob)
    to_log_in = browser.get("/admin/")["Location"]
    assert browser.get(to_log_in)["Location"] == "/account/security"
    made = new_app_secret()
    add_app(user=bob, secret=made, code=code_of(made))
    assert browser.get("/admin/").status_code == 200
    settings.STAFF_SECOND_FACTOR = False
    Authenticator.objects.all().delete()
    assert browser.get("/admin/").status_code == 200


def test_admin_leads_strangers_to_the_log_in_and_refuses_others(bob: User) -> None:
    asked = Client().get("/admin/login/?next=/admin/accounts/user/")
    assert asked["Location"] == "/login?next=/admin/accounts/user/"
    assert as_user(bob).get("/admin/login/").status_code == 403

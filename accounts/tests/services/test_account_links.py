"""Mailed links that work once: to set a password, and to take back an address that staff changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.access.link_tokens import account_link_token
from accounts.models import AccountActivity, AccountLink, User
from accounts.refusals import AddressUnsettled, EmailTaken, LinkOver, NoAccount
from accounts.services import account_links
from accounts.services.account_links import (
    keep_old_address,
    send_password_link,
    set_password_by_link,
)
from accounts.services.people import change_password, deactivate_user, register_user, remove_user
from accounts.services.sessions import start_session
from accounts.services.staff_accounts import create_account, edit_account
from conftest import PASSWORD
from core.limits.rate_limits import PASSWORD_LINKS, RateLimited
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db

NEW = "a better password"


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create(
        email="staff@example.com", display_name="Mod", is_staff=True, is_superuser=True
    )


def mailed(to: str) -> list[str]:
    """Return the mails that arrived at `to` since the last call."""
    run_queued_jobs()
    came = [f"{letter.subject}\n{letter.body}" for letter in mail.outbox if letter.to == [to]]
    mail.outbox[:] = [letter for letter in mail.outbox if letter.to != [to]]
    return came


def path_in(text: str) -> str:
    found = re.search(r"/(?:set-password|keep-address)/[\w-]+", text)
    assert found is not None, text
    return found[0]


def test_user_sets_a_password_with_the_link_once(alice: User, staff: User) -> None:
    session = start_session(user=alice)
    send_password_link(user=alice, by=staff)
    (letter,) = mailed(alice.email)
    assert "Mod" in letter
    browser, address = Client(), path_in(letter)
    page = browser.get(address)
    assert (page.status_code, alice.email in page.text) == (200, True)
    assert "no-store" in page.headers["Cache-Control"]
    assert browser.post(address, {"password": "short"}).status_code == 422
    session.refresh_from_db()
    assert session.ended_at is None, "looking and failing change nothing"

    assert browser.post(address, {"password": NEW}).headers["Location"] == "/login"
    session.refresh_from_db()
    alice.refresh_from_db()
    assert (alice.check_password(NEW), session.ended_at is not None) == (True, True)
    assert "password" in mailed(alice.email)[0], "they are told, in case it was not them"
    assert browser.get(address).status_code == browser.post(address, {"password": NEW}).status_code == 410
    assert not browser.get("/account").context, "the link does not log in"


def test_token_is_not_stored_and_wrong_tokens_are_refused(alice: User, staff: User) -> None:
    link = send_password_link(user=alice, by=staff)
    token = account_link_token(link)
    kept = f"{list(DBTaskResult.objects.values())} {list(AccountLink.objects.values())} {list(AccountActivity.objects.values())}"
    assert token not in kept
    other_end = "E" if token.endswith("A") else "A"
    for wrong in (str(link.pk), token[:-1], token[:-1] + other_end, "", "x" * 43, "\u212a" * 43):
        with pytest.raises(LinkOver):
            set_password_by_link(token=wrong, password=NEW)
    with pytest.raises(LinkOver):
        keep_old_address(token=token)


ENDS: dict[str, Callable[[User, User], object]] = {
    "newer link": lambda person, staff: send_password_link(user=person, by=staff),
    "new password": lambda person, _staff: change_password(user=person, password="x" * 9),
    "deactivation": lambda person, _staff: deactivate_user(user=person),
    "deleted account": lambda person, _staff: remove_user(user=person),
    "changed address": lambda person, staff: edit_account(
        user=person, by=staff, wanted={"email": "other@example.com"}
    ),
}


@pytest.mark.once
@pytest.mark.parametrize("end", ENDS)
def test_link_ends_with(end: str, alice: User, staff: User) -> None:
    token = account_link_token(send_password_link(user=alice, by=staff))
    ENDS[end](alice, staff)
    with pytest.raises(LinkOver):
        set_password_by_link(token=token, password=NEW)


def test_password_link_expires_after_a_day(alice: User, staff: User) -> None:
    token = account_link_token(send_password_link(user=alice, by=staff))
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        account_links.find_link(AccountLink.Purpose.PASSWORD, token)
    with (
        time_machine.travel(timezone.now() + timedelta(hours=25), tick=False),
        pytest.raises(LinkOver),
    ):
        set_password_by_link(token=token, password=NEW)


def test_job_does_not_mail_an_ended_link(alice: User, staff: User) -> None:
    send_password_link(user=alice, by=staff)
    send_password_link(user=alice, by=staff)
    assert len(mailed(alice.email)) == 1


def test_links_are_limited_and_inactive_users_get_none(alice: User, bob: User, staff: User) -> None:
    for _ in range(PASSWORD_LINKS.amount):
        send_password_link(user=alice, by=staff)
    with pytest.raises(RateLimited):
        send_password_link(user=alice, by=staff)
    deactivate_user(user=bob)
    with pytest.raises(NoAccount):
        send_password_link(user=bob, by=staff)


# --- races ----------------------------------------------------------------------------------------------------------


def successes(token: str, at_once: int = 6) -> int:
    def use(number: int) -> bool:
        try:
            set_password_by_link(token=token, password=f"a password {number}")
        except LinkOver:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(at_once) as pool:
        return sum(pool.map(use, range(at_once)))


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_concurrent_requests_sets_the_password(alice: User, staff: User) -> None:
    assert successes(account_link_token(send_password_link(user=alice, by=staff))) == 1


@pytest.mark.django_db(transaction=True)
def test_control_link_that_is_not_used_up_works_for_several(
    alice: User, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = account_link_token(send_password_link(user=alice, by=staff))
    link = account_links.find_link(AccountLink.Purpose.PASSWORD, token)
    monkeypatch.setattr(account_links, "_spend", lambda _link: None)
    monkeypatch.setattr(account_links, "find_link", lambda _purpose, _token: link)
    assert successes(token) > 1


# --- an address that staff changed ------------------------------------------------------------------------------------


def test_old_address_is_notified_and_can_be_taken_back(bob: User, staff: User) -> None:
    start_session(user=bob)
    edit_account(user=bob, by=staff, wanted={"email": "mine@example.com"})
    (letter,) = mailed("bob@example.com")
    assert "Mod" in letter
    assert "mine@example.com" not in letter
    assert len(mailed("mine@example.com")) == 1

    address = path_in(letter)
    assert Client().get(address).status_code == 200
    assert User.objects.get(pk=bob.pk).email == "mine@example.com", "programs that check mail open links"
    assert Client().post(address).headers["Location"] == "/login"
    bob.refresh_from_db()
    assert (bob.email, bob.sessions.live().exists(), bob.check_password(PASSWORD)) == (
        "bob@example.com",
        False,
        True,
    )
    assert Client().post(address).status_code == 410


def test_no_password_link_while_the_old_address_can_be_taken_back(bob: User, staff: User) -> None:
    start_session(user=bob)
    edit_account(user=bob, by=staff, wanted={"email": "mine@example.com"})
    for _again in range(2):
        with pytest.raises(AddressUnsettled):
            send_password_link(user=bob, by=staff)
        edit_account(user=bob, by=staff, wanted={"email": "mine.too@example.com"})
        edit_account(user=bob, by=staff, wanted={"is_active": False})
        edit_account(user=bob, by=staff, wanted={"is_active": True})
    assert not any("set-password" in letter for letter in mailed("mine.too@example.com"))
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        send_password_link(user=bob, by=staff)


def test_control_new_address_gets_a_link_without_the_check(
    bob: User, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_session(user=bob)
    monkeypatch.setattr(account_links, "_is_settled", lambda _user: True)
    edit_account(user=bob, by=staff, wanted={"email": "mine@example.com"})
    send_password_link(user=bob, by=staff)
    assert any("set-password" in letter for letter in mailed("mine@example.com"))


def test_wrong_address_of_an_unused_account_can_be_corrected_at_once(staff: User) -> None:
    """Nobody has logged in yet, so there is nothing to take over."""
    dora = create_account(by=staff, email="drao@example.com", display_name="Dora")
    edit_account(user=dora, by=staff, wanted={"email": "dora@example.com"})
    send_password_link(user=dora, by=staff)
    assert any("set-password" in letter for letter in mailed("dora@example.com"))


def test_wrong_address_of_an_unused_account_gets_no_link(staff: User) -> None:
    """The account was never used with that address, so its owner gets no link to take it back."""
    dora = create_account(by=staff, email="drao@example.com", display_name="Dora")
    mailed("drao@example.com")
    edit_account(user=dora, by=staff, wanted={"email": "dora@example.com"})
    (letter,) = mailed("drao@example.com")
    assert "keep-address" not in letter


def test_staff_cannot_take_over_an_account_by_changing_its_address_repeatedly(bob: User, staff: User) -> None:
    """An address that staff set gets no link to take it back, and the link of the original address stays valid."""
    for address in ("mine@example.com", "mine.too@example.com", "bob@example.com", "mine@example.com"):
        edit_account(user=bob, by=staff, wanted={"email": address})
    assert AccountLink.objects.get().address == "bob@example.com"
    assert not any(
        "keep-address" in letter for letter in [*mailed("mine@example.com"), *mailed("mine.too@example.com")]
    )
    with pytest.raises(AddressUnsettled):
        send_password_link(user=bob, by=staff)
    keep_old_address(token=account_link_token(AccountLink.objects.get()))
    bob.refresh_from_db()
    assert bob.email == "bob@example.com"


def test_address_that_can_be_taken_back_is_reserved(bob: User, alice: User, staff: User) -> None:
    edit_account(user=bob, by=staff, wanted={"email": "mine@example.com"})
    for typed in ("bob@example.com", "BOB@example.com"):
        with pytest.raises(EmailTaken):
            register_user(email=typed, password=NEW)
        with pytest.raises(EmailTaken):
            create_account(by=staff, email=typed, display_name="Another")
        with pytest.raises(EmailTaken):
            edit_account(user=alice, by=staff, wanted={"email": typed})
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        register_user(email="bob@example.com", password=NEW)


@pytest.mark.once
@pytest.mark.parametrize("around", ["{}.", "{}/", "{})", "<{}>", "{},", "{} ", "%3C{}%3E", "_{}_"])
def test_link_with_characters_added_by_mail_programs_works(around: str, bob: User, staff: User) -> None:
    token = account_link_token(send_password_link(user=bob, by=staff))
    page = Client().get(f"/set-password/{around.format(token)}")
    assert (page.status_code, f'action="/set-password/{token}"' in page.text) == (200, True)
    edit_account(user=bob, by=staff, wanted={"email": "bobby@example.com"})
    old = account_link_token(bob.account_links.get(purpose="address"))
    page = Client().get(f"/keep-address/{around.format(old)}")
    assert (page.status_code, f'action="/keep-address/{old}"' in page.text) == (200, True)


@pytest.mark.once
def test_altered_token_gets_410(bob: User, staff: User) -> None:
    token = account_link_token(send_password_link(user=bob, by=staff))
    for wrong in (f"{token}x", f"x{token}.", token[:-1], token.swapcase()):
        assert Client().get(f"/set-password/{wrong}").status_code == 410
        assert Client().get(f"/keep-address/{token}.").status_code == 410

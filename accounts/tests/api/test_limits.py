"""Limits on mails to a mailbox and on registrations. Mails about security always arrive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.mail.mail_kinds import MailKind
from accounts.models import User
from accounts.services import people
from accounts.services.mail import send_mail
from accounts.services.people import change_password, register_user, remove_user
from core.limits.rate_limits import (
    MAILS,
    PASSWORD_CHANGES,
    REGISTRATIONS_A_MAILBOX,
    REGISTRATIONS_AN_ADDRESS,
    RateLimited,
)
from core.mailboxes.mailbox_forms import canonical_mailbox
from tests.support.api_clients import Api
from tests.support.workers import run_queued_jobs, run_ready_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.both]

PASSWORD = "correct horse battery"
TARGET = "target@example.org"


@pytest.fixture(autouse=True)
def quick_hashes(settings: LazySettings) -> None:
    """Use a fast hasher: hashing is slow on purpose, and these tests create many accounts."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def arrived() -> int:
    """Return how many mails arrived at the target's mailbox, in any spelling."""
    run_queued_jobs()
    return sum(canonical_mailbox(to) == TARGET for letter in mail.outbox for to in letter.to)


def register_and_delete(number: int) -> None:
    remove_user(user=register_user(email=TARGET, password="a long password"))


def register_by_plus_address(number: int) -> None:
    register_user(email=f"Target+{number}@EXAMPLE.org", password="a long password")


def change_it_again(number: int) -> None:
    user = User.objects.filter(email=TARGET).first() or User.objects.create_user(TARGET, display_name="T")
    change_password(user=user, password=f"a long password {number}")


def buy(number: int) -> None:
    """Send the mail of a check-out."""
    send_mail(to=TARGET, template="checked_out", kind=MailKind.RECEIPT, count=1, totals=[], unpriced=1)


@pytest.mark.parametrize("bomb", [register_and_delete, register_by_plus_address, change_it_again, buy])
def test_mails_to_a_mailbox_are_limited(bomb: Callable[[int], None]) -> None:
    for number in range(30):
        try:
            bomb(number)
        except RateLimited:
            continue
    assert 1 <= arrived() <= MAILS.amount


def test_control_all_thirty_mails_arrive_without_limits(settings: LazySettings) -> None:
    settings.RATE_LIMITS = False
    for number in range(30):
        register_and_delete(number)
    assert arrived() == 30


def test_mails_from_all_causes_together_are_limited() -> None:
    for number in range(30):
        for bomb in (register_by_plus_address, change_it_again, buy):
            try:
                bomb(number)
            except RateLimited:
                continue
    assert arrived() <= MAILS.amount + PASSWORD_CHANGES.amount


def test_account_with_the_same_mailbox_does_not_use_up_password_changes(alice: User) -> None:
    other = register_user(email="alice+2@example.com", password="a long password")
    for number in range(PASSWORD_CHANGES.amount):
        change_password(user=other, password=f"a long password {number}")
    change_password(user=alice, password="a new long password")


@pytest.mark.parametrize("counts_security", [False, pytest.param(True, id="control: one limit for all")])
def test_mail_about_a_new_password_arrives_beyond_the_limit(
    counts_security: bool, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody fills the mailbox with other mails first."""
    if counts_security:
        monkeypatch.setattr(tasks, "COUNTED", frozenset(MailKind))
    for _ in range(MAILS.amount + 5):
        send_mail(to=alice.email, template="checked_out", kind=MailKind.RECEIPT, count=1, totals=[])
    run_queued_jobs()
    change_password(user=alice, password="a new long password")
    run_ready_jobs()
    letters = [letter for letter in mail.outbox if letter.subject == "Your password was changed"]
    assert len(letters) == (0 if counts_security else 1)


def test_message_beyond_the_limit_waits_and_arrives_later() -> None:
    """A mail that thanks a guest must not be lost, because the pages do not show it."""
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for number in range(MAILS.amount + 3):
            send_mail(to=TARGET, template="thanks", note=f"Thank you {number}!")
            clock.shift(timedelta(milliseconds=1))  # jobs of the same moment have no order
        assert arrived() == MAILS.amount
    with time_machine.travel(start + timedelta(minutes=59), tick=False):
        assert arrived() == MAILS.amount
    with time_machine.travel(start + timedelta(minutes=61), tick=False):
        assert arrived() == MAILS.amount + 3
    assert {f"Thank you {number}!" in letter.body for number, letter in enumerate(mail.outbox)} == {True}


class Away(EmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected


def test_unreachable_mail_server_does_not_use_up_the_limit(settings: LazySettings) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    start = timezone.now()
    buy(0)
    for minute in range(MAILS.amount + 5):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            run_ready_jobs()
    settings.EMAIL_BACKEND = working
    with time_machine.travel(start + timedelta(minutes=50), tick=False):
        assert arrived() == 1


# --- too many requests are refused with a sentence ----------------------------------------------------------------


def register(api: Api, email: str, address: str = "203.0.113.7", **headers: str) -> Any:
    body = {"email": email, "password": "a long password"}
    return api("POST", "/auth/register", body, REMOTE_ADDR=address, headers=headers)


def test_registrations_per_mailbox_are_limited(api: Api) -> None:
    for number in range(REGISTRATIONS_A_MAILBOX.amount):
        assert register(api, f"target+{number}@example.org").status_code in (201, 409)
    refused = [register(api, f"target+x{number}@example.org") for number in range(2)]
    assert {answer.json()["code"] for answer in refused} <= {"rate_limited", "email_taken"}
    assert register(api, "another@example.org").status_code == 201


def test_registrations_per_network_are_limited(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forged headers do not help, and all addresses of the same IPv6 network are counted together."""
    monkeypatch.setattr(people, "REGISTRATIONS_AN_ADDRESS", replace(REGISTRATIONS_AN_ADDRESS, amount=3))
    addresses = [f"2001:db8::{number}" for number in range(1, 6)]
    answers = [
        register(api, f"p{address[-1]}@example.org", address, **{"x-forwarded-for": f"198.51.100.{number}"})
        for number, address in enumerate(addresses)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert 3500 < int(answers[-1]["Retry-After"]) <= 3600
    assert register(api, "q@example.org", "2001:db8:0:1::1").status_code == 201


def test_limited_registration_page_shows_the_reason_and_keeps_the_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people, "REGISTRATIONS_AN_ADDRESS", replace(REGISTRATIONS_AN_ADDRESS, amount=0))
    answer = Client().post("/register", {"email": TARGET, "password": "a long password"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert TARGET in answer.text
    assert "Wait a while and try again." in answer.text


def test_password_changes_are_limited(alices: Client, alice: User, settings: LazySettings) -> None:
    old, answers = PASSWORD, []
    for number in range(PASSWORD_CHANGES.amount + 1):
        new = f"a long password {number}"
        answers.append(alices.post("/account/password", {"password": old, "new_password": new}))
        old = new
    assert [answer.status_code for answer in answers] == [302] * PASSWORD_CHANGES.amount + [429]
    assert "You have changed your password several times." in answers[-1].text
    alice.refresh_from_db()
    assert alice.check_password(f"a long password {PASSWORD_CHANGES.amount - 1}")

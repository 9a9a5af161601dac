"""The job that mails a one-time code. It stores only the code's id, and computes the digits when it sends the mail."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation
from django_tasks import task

from accounts.access.code_digits import digits_of
from accounts.access.reading import read_by
from accounts.mail.mail_kinds import MailKind
from accounts.models import OneTimeCode, User
from accounts.services.mail import render_mail
from accounts.tasks import deliver
from core.jobs.retry import Backoff, GiveUp, retried

Purpose = OneTimeCode.Purpose

TEMPLATES = {
    Purpose.VERIFY: "verify_address",
    Purpose.LOG_IN: "log_in_code",
    Purpose.RESET: "password_code",
    Purpose.ADDRESS: "new_address_code",
}


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(minutes=2)))
@task()
def mail_one_time_code(code_id: str, language: str) -> None:
    """Mail a code, unless it is over, or nobody is there who could use it."""
    code = OneTimeCode.objects.live().filter(pk=code_id).first()
    if code is None:
        raise GiveUp("the code is over")
    to, reader = _recipient(code)
    if to is None:
        return
    with read_by(reader, otherwise=language) if reader else translation.override(language):
        subject, body = render_mail(TEMPLATES[Purpose(code.purpose)], code=digits_of(code))
    deliver(to, subject, body, MailKind.SECURITY)


def _recipient(code: OneTimeCode) -> tuple[str | None, User | None]:
    """Return the address to mail to, and who reads it.

    It is that of the account, as its owner typed it, or the new address of somebody logged in.
    """
    if code.purpose == Purpose.ADDRESS:
        return code.address, code.user
    user = next(iter(User.objects.with_address(code.address, is_active=True, removed_at=None)), None)
    if user is None or (code.purpose == Purpose.VERIFY and user.address_verified_at is not None):
        return None, None
    return user.address or None, user

"""Background jobs of accounts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from uuid import UUID

from django.core.mail import EmailMessage
from django.core.management import call_command
from django_tasks import task

from accounts.access.unsubscribe_tokens import unsubscribe_headers, unsubscribe_page
from accounts.mail.mail_kinds import MailKind
from accounts.mail.mailbox import forget_mails
from accounts.services.inbox import forget_old_notices
from accounts.services.last_use import end_unused_sessions
from accounts.services.retrying import forget_answers
from core.jobs.retry import Backoff, GiveUp, Later, retried
from core.jobs.schedule import every
from core.limits.rate_limits import MAILS, has_room, hit, wait_for
from core.mailboxes.mailbox_forms import canonical_mailbox, deliverable

logger = logging.getLogger(__name__)

COUNTED = frozenset({MailKind.MESSAGE, MailKind.RECEIPT})
"""Kinds of mail that count for the limit of a mailbox."""


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def send_mail_job(
    to: str, subject: str, body: str, kind: str = MailKind.MESSAGE, stops: Sequence[str] = ()
) -> None:
    """Send a mail, with retries until the server accepts it or refuses it permanently."""
    headers = unsubscribe_headers(unsubscribe_page(UUID(stops[0]), stops[1])) if stops else None
    deliver(to, subject, body, MailKind(kind), headers)


def deliver(
    to: str, subject: str, body: str, kind: MailKind, headers: Mapping[str, str] | None = None
) -> None:
    """Send a mail from a retried job. If the mailbox has reached its limit, a receipt is skipped, and other mail waits.

    Only sent mail counts, so an unreachable mail server does not use up the limit.
    """
    mailbox, is_counted = canonical_mailbox(to), kind in COUNTED
    if is_counted and not has_room(MAILS, mailbox):
        if kind is MailKind.RECEIPT:
            logger.info("An e-mail was skipped: its mailbox got %d in the last hour.", MAILS.amount)
            return
        raise Later(wait_for(MAILS, mailbox))
    _send(to, subject, body, headers or {})
    if is_counted:
        hit(MAILS, mailbox)


def _send(to: str, subject: str, body: str, headers: Mapping[str, str]) -> None:
    """Send the mail. Raises GiveUp if the server says that the recipient does not exist."""
    try:
        EmailMessage(subject, body, to=[deliverable(to)], headers=dict(headers)).send()
    except SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _reason in error.recipients.values()):
            raise GiveUp("the mail server knows no such recipient") from error
        raise


@every(timedelta(days=1), name="forget what is over", is_upkeep=True)
def forget_what_is_over() -> None:
    """Delete expired cookie sessions and finished jobs."""
    call_command("clearsessions", verbosity=0)
    call_command("prune_db_task_results", min_age_days=14, verbosity=0)


@every(timedelta(days=1), name="end unused sessions", is_upkeep=True)
def end_sessions_that_nobody_can_continue() -> None:
    """End log-ins whose cookies and refresh tokens have expired."""
    end_unused_sessions()


@every(timedelta(hours=1), name="forget answers", is_upkeep=True)
def forget_old_answers() -> None:
    """Delete stored answers after a day. This runs every hour, so some are kept for up to an hour longer."""
    forget_answers()


@every(timedelta(hours=1), name="forget old notices", is_upkeep=True)
def forget_notices_past_the_bound() -> None:
    """Delete old notifications, so that no inbox grows without limit."""
    forget_old_notices()


@every(timedelta(hours=1), name="forget mails", by_each=True, is_upkeep=True)
def forget_old_mails() -> None:
    """Delete old files of the mailbox folder, which replaces a mail server on this machine."""
    forget_mails()

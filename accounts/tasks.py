"""Background jobs of accounts."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.core.management import call_command
from django_tasks import task

from accounts.mail.mail_kinds import MailKind
from accounts.mail.mailbox import forget_mails
from accounts.services.inbox import forget_old_notices
from accounts.services.retrying import forget_answers
from core.jobs.retry import Backoff, GiveUp, Later, retried
from core.jobs.schedule import every
from core.limits.rate_limits import MAILS, has_room, hit, wait_for
from core.mailboxes.mailbox_forms import canonical_mailbox, deliverable

logger = logging.getLogger(__name__)

COUNTED = frozenset({MailKind.MESSAGE, MailKind.RECEIPT})
"""What shares the bound of a mailbox."""


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def send_mail_job(to: str, subject: str, body: str, kind: str = MailKind.MESSAGE) -> None:
    """Hand one mail to the server, again and again until it is accepted, or refused for good."""
    deliver(to, subject, body, MailKind(kind))


def deliver(to: str, subject: str, body: str, kind: MailKind) -> None:
    """For jobs that are retried. A mailbox that has had its share gets what is only a receipt not at all, and the rest
    later. Only what was sent counts: a mail server that is away uses up nothing."""
    mailbox, is_counted = canonical_mailbox(to), kind in COUNTED
    if is_counted and not has_room(MAILS, mailbox):
        if kind is MailKind.RECEIPT:
            logger.info("An e-mail was skipped: its mailbox got %d in the last hour.", MAILS.amount)
            return
        raise Later(wait_for(MAILS, mailbox))
    _send(to, subject, body)
    if is_counted:
        hit(MAILS, mailbox)


def _send(to: str, subject: str, body: str) -> None:
    """`GiveUp` where the server says that there is no such recipient."""
    try:
        EmailMessage(subject, body, to=[deliverable(to)]).send()
    except SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _reason in error.recipients.values()):
            raise GiveUp("the mail server knows no such recipient") from error
        raise


@every(timedelta(days=1), name="forget what is over", is_upkeep=True)
def forget_what_is_over() -> None:
    """Cookies that expired, and jobs that are done."""
    call_command("clearsessions", verbosity=0)
    call_command("prune_db_task_results", min_age_days=14, verbosity=0)


@every(timedelta(hours=1), name="forget answers", is_upkeep=True)
def forget_old_answers() -> None:
    """An answer can be asked for again for a day, and an hour more at most."""
    forget_answers()


@every(timedelta(hours=1), name="forget old notices", is_upkeep=True)
def forget_notices_past_the_bound() -> None:
    """So that nobody's inbox grows without end."""
    forget_old_notices()


@every(timedelta(hours=1), name="forget mails", by_each=True, is_upkeep=True)
def forget_old_mails() -> None:
    """Of the mailbox that stands in for a mail server, a folder of this machine."""
    forget_mails()

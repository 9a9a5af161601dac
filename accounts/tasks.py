"""Background jobs of accounts."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.core.management import call_command
from django_tasks import task

from accounts.jobs.periodic import every
from accounts.jobs.retry import Backoff, GiveUp, retried
from accounts.mailbox import forget_mails
from accounts.services.retrying import forget_answers
from wishlist_project.base.mailboxes import deliverable


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def send_mail_job(to: str, subject: str, body: str) -> None:
    """Hand one mail to the server, again and again until it is accepted, or refused for good."""
    deliver(to, subject, body)


def deliver(to: str, subject: str, body: str) -> None:
    """For jobs that are retried. `GiveUp` where the server says that there is no such recipient."""
    try:
        EmailMessage(subject, body, to=[deliverable(to)]).send()
    except SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _reason in error.recipients.values()):
            raise GiveUp("the mail server knows no such recipient") from error
        raise


@every(timedelta(days=1), name="forget what is over")
def forget_what_is_over() -> None:
    """Cookies that expired, and jobs that are done."""
    call_command("clearsessions", verbosity=0)
    call_command("prune_db_task_results", min_age_days=14, verbosity=0)


@every(timedelta(hours=1), name="forget answers")
def forget_old_answers() -> None:
    """An answer can be asked for again for a day, and an hour more at most."""
    forget_answers()


@every(timedelta(hours=1), name="forget mails")
def forget_old_mails() -> None:
    """Of the mailbox that stands in for a mail server."""
    forget_mails()

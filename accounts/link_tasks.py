"""The job that mails a link to a user. It stores only the link's id, and computes the token when it sends the mail."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from accounts.access.link_tokens import account_link_token
from accounts.access.reading import read_by
from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountLink
from accounts.services.mail import render_mail
from accounts.tasks import deliver
from core.jobs.retry import Backoff, GiveUp, retried

TEMPLATES = {AccountLink.Purpose.PASSWORD: "password_link", AccountLink.Purpose.ADDRESS: "address_changed"}


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def mail_account_link(link_id: str, language: str) -> None:
    """Mail a link, unless it is no longer valid."""
    link = AccountLink.objects.live().filter(pk=link_id).select_related("user", "sent_by").first()
    if link is None:
        raise GiveUp("the link is over")
    said = {
        "token": account_link_token(link),
        "by": link.sent_by.display_name if link.sent_by else "",
        "is_new": not link.user.has_usable_password(),
    }
    with read_by(link.user, otherwise=language):
        subject, body = render_mail(TEMPLATES[AccountLink.Purpose(link.purpose)], **said)
    deliver(link.address, subject, body, MailKind.SECURITY)

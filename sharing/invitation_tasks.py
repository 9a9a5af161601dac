"""The job that mails an invitation. It stores what the token says, and computes the token when it sends the mail."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation
from django_tasks import task

from accounts.mail.mail_kinds import MailKind
from accounts.services.mail import render_mail
from accounts.tasks import deliver
from core.jobs.retry import Backoff, GiveUp, retried
from sharing.access.invitation_tokens import Invitation, invitation_token
from sharing.services.invitation_targets import TARGETS


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def mail_invitation(email: str, language: str, **stored: str | int | bool) -> None:
    """Mail an invitation, unless it was revoked.

    The mail contains nothing that somebody typed: anybody can enter any address. The page says who invites.
    """
    invitation = Invitation.from_stored(email, stored)
    row = TARGETS[invitation.kind].find(invitation.target_id)
    if row is None or row.invitations_epoch != invitation.epoch or invitation.has_expired:
        raise GiveUp("the invitation is over")
    with translation.override(language):
        subject, body = render_mail(
            "invitation", token=invitation_token(invitation), kind=invitation.kind.value
        )
    deliver(email, subject, body, MailKind.MESSAGE)

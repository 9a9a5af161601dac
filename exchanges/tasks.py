"""Background jobs of exchanges."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation
from django_tasks import task

from accounts.mail.mail_kinds import MailKind
from accounts.services.mail import render_mail
from accounts.tasks import deliver
from core.jobs.retry import Backoff, GiveUp, retried
from exchanges.access.tokens import private_token
from exchanges.models import Participant


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def mail_participant(participant_id: str, template: str) -> None:
    """Mail somebody their private link. The job stores neither the link nor the address, and the mail says nothing that
    anybody typed, because nobody has confirmed the address.
    """
    places = Participant.objects.live().filter(exchange__removed_at=None)
    place = places.filter(pk=participant_id).exclude(email="").first()
    if place is None:
        raise GiveUp("they left, or the exchange was deleted")
    with translation.override(place.language):
        subject, body = render_mail(template, token=private_token(place))
    deliver(place.email, subject, body, MailKind.MESSAGE)

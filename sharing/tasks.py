"""Background jobs of sharing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone, translation
from django_tasks import task

from accounts.access.unsubscribe_tokens import unsubscribe_headers
from accounts.mail.mail_kinds import MailKind
from accounts.services.mail import render_mail
from accounts.tasks import deliver
from core.jobs.retry import Backoff, GiveUp, retried
from core.jobs.schedule import every
from core.jobs.sweeping import sweep
from sharing.access.capabilities import guest_code, manage_token, stop_token
from sharing.access.reachable_guests import belongs_to_blind, may_be_told
from sharing.guest_mail_texts import mail_context
from sharing.models import GuestLetter
from wishlists.models import Contribution
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchContribution
from wishlists.services.lapse_policy import UNCONFIRMED_FOR
from wishlists.services.money.contributing import free_contribution


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def mail_guest(letter_id: str, language: str, is_last: bool = False) -> None:
    """Send one letter, unless it may no longer go to that address.

    Addresses that nobody confirmed get nothing that somebody typed.
    """
    letter = GuestLetter.objects.select_related("guest__wishlist", "item").get(pk=letter_id)
    if letter.kind == GuestLetter.Kind.CODE and letter.created_at < timezone.now() - timedelta(minutes=10):
        raise GiveUp("the code is no longer good")
    if belongs_to_blind(letter.guest) or (letter.is_notice and not may_be_told(letter.guest)):
        return
    with translation.override(language):
        subject, body = _read(letter, is_last)
    headers = None
    if letter.is_notice:
        page = reverse("guest-unsubscribe", args=[stop_token(letter.guest)])
        headers = unsubscribe_headers(page)
    deliver(letter.guest.email, subject, body, MailKind.LETTER, headers)


def _read(letter: GuestLetter, is_last: bool) -> tuple[str, str]:
    """Return subject and body in the active language."""
    token = manage_token(letter.guest)
    if letter.is_notice:
        return render_mail("guest_notice", manage_token=token, is_last=is_last, **mail_context(letter))
    return render_mail(f"guest_{letter.kind}", manage_token=token, code=guest_code(letter))


@every(timedelta(minutes=10), name="free what unconfirmed guests chipped in")
def free_unconfirmed() -> None:
    """Release contributions of guests who did not confirm their address within a day. (Their reservations lapse.)"""
    unconfirmed = Contribution.objects.standing().filter(
        guest__confirmed_at=None,
        guest__wishlist__guests_confirm=True,
        guest__letters__kind=GuestLetter.Kind.CODE,
        created_at__lt=timezone.now() - UNCONFIRMED_FOR,
    )
    sweep(_free, unconfirmed.distinct().values_list("pk", flat=True), what="Unconfirmed contribution")


def _free(pk: UUID) -> bool:
    contribution = Contribution.objects.select_related("item__wishlist", "pot").get(pk=pk)
    try:
        free_contribution(contribution=contribution, by=Viewer())
    except NoSuchContribution:  # its giver has withdrawn it in the meantime
        return False
    return True

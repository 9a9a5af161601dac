"""Mails to guests. They commit with what they tell of and are sent after; what they bring is derived as they are sent."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language

from sharing.models import GuestLetter
from sharing.refusals import NoAddress, TooManyLetters
from sharing.tasks import mail_guest
from wishlist_project.base.change import change
from wishlists.models import Guest

LETTERS_AN_ADDRESS_AND_HOUR = 5
"""Whoever types in somebody else's address must not be able to bury them in mail."""


@change()
def send_code(*, guest: Guest, email: str = "") -> GuestLetter:
    """A new code for their address, which takes the place of older ones; for `email`, if they gave none before."""
    if email and not guest.email:
        guest.email = email
        guest.save(update_fields=["email"])
    return _send(guest, GuestLetter.Kind.CODE)


@change()
def send_link(*, guest: Guest) -> GuestLetter:
    """Their manage link, to the address that they gave."""
    return _send(guest, GuestLetter.Kind.LINK)


def _send(guest: Guest, kind: GuestLetter.Kind) -> GuestLetter:
    if not guest.email:
        raise NoAddress
    lately = GuestLetter.objects.filter(
        guest__email__iexact=guest.email, created_at__gt=timezone.now() - timedelta(hours=1)
    )
    if lately.count() >= LETTERS_AN_ADDRESS_AND_HOUR:
        raise TooManyLetters
    letter = GuestLetter.objects.create(guest=guest, kind=kind)
    mail_guest.enqueue(letter_id=str(letter.pk), language=get_language() or "en")
    return letter

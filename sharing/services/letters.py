"""Mails to guests. They commit with what they tell of and are sent after; what they bring is derived as they are sent.

A guest asks for their code and their link themselves. News come unasked, so they are fewer to an address that nobody
confirmed, and end when the guest says so on their page. Past a bound they are left out: the page has it all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from sharing.models import GuestLetter, GuestMail
from sharing.models import GuestLetterQuerySet as Letters
from sharing.reaching import belongs_to_blind, may_be_told
from sharing.refusals import NoAddress, TooManyLetters
from sharing.tasks import mail_guest
from wishlist_project.base.change import change
from wishlist_project.base.mailboxes import canonical_mailbox
from wishlists.models import Guest, Item

LETTERS_AN_ADDRESS_AND_HOUR = 5
"""Whoever types in somebody else's address must not be able to bury them in mail."""
NEWS_AN_ADDRESS_AND_HOUR = 30
"""To a confirmed address; to another as many as letters that were asked for."""


@change()
def send_code(*, guest: Guest, email: str = "") -> GuestLetter:
    """A new code for their address, which takes the place of older ones; for `email`, if they gave none before."""
    if email and not guest.email:
        guest.email = email
        guest.save(update_fields=["email"])
    return _send_asked_for(guest, GuestLetter.Kind.CODE)


@change()
def send_link(*, guest: Guest) -> GuestLetter:
    """Their manage link, to the address that they gave."""
    return _send_asked_for(guest, GuestLetter.Kind.LINK)


@change()
def send_news(
    *, guest: Guest, kind: str, item: Item | None = None, until: datetime | None = None
) -> GuestLetter | None:
    """Tell a guest what happened, where that may be mailed to them. Whoever made it happen notices nothing of it."""
    if not may_be_told(guest) or _told_enough(guest, kind, item):
        return None
    return _send(guest, kind=kind, item=item, until=until)


@change()
def want_news(*, guest: Guest, wanted: bool) -> None:
    """The guest says whether they want any more of them."""
    GuestMail.objects.update_or_create(
        guest=guest,
        defaults={"stopped_at": None if wanted else timezone.now(), "language": get_language() or "en"},
    )


@change()
def remember_language(guest: Guest) -> None:
    """Later mails come while others act, and speak the language in which the guest used the site last."""
    GuestMail.objects.update_or_create(guest=guest, defaults={"language": get_language() or "en"})


def _send_asked_for(guest: Guest, kind: GuestLetter.Kind) -> GuestLetter:
    """A guest is told that they had enough. That the address had, by others, is told to nobody: whoever types it would
    learn who gives."""
    if not guest.email:
        raise NoAddress
    lately = _lately_to(guest.email).asked_for()
    if _is_enough(_own(lately, guest)):
        raise TooManyLetters
    remember_language(guest)
    if _is_enough(lately):
        return GuestLetter.objects.create(guest=guest, kind=kind)
    return _send(guest, kind=kind)


def _own(letters: Letters, guest: Guest) -> Letters:
    return letters.filter(guest=guest)


def _is_enough(letters: Letters) -> bool:
    return letters.count() >= LETTERS_AN_ADDRESS_AND_HOUR


def _told_enough(guest: Guest, kind: str, item: Item | None) -> bool:
    """Past the bound; or it is one more edit of a wish of whose edits they were told within the hour."""
    lately = _lately_to(guest.email).news()
    most = NEWS_AN_ADDRESS_AND_HOUR if guest.confirmed_at else LETTERS_AN_ADDRESS_AND_HOUR
    if kind == GuestLetter.Kind.CHANGED and _own(lately, guest).filter(kind=kind, item=item).exists():
        return True
    return lately.count() >= most


def _lately_to(address: str) -> Letters:
    hour_ago = timezone.now() - timedelta(hours=1)
    return GuestLetter.objects.filter(guest__mailbox=canonical_mailbox(address), created_at__gt=hour_ago)


def _send(guest: Guest, *, kind: str, item: Item | None = None, until: datetime | None = None) -> GuestLetter:
    letter = GuestLetter.objects.create(guest=guest, kind=kind, item=item, until=until)
    if belongs_to_blind(guest):
        # Asked now, too: whoever ends their account takes their list away with it, and has no address as this is sent.
        return letter
    known = GuestMail.objects.filter(guest=guest).first()
    mail_guest.enqueue(letter_id=str(letter.pk), language=known.language if known else settings.LANGUAGE_CODE)
    return letter

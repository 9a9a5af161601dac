"""Mails to guests. They are committed with the change that they report, and sent afterwards.

Guests ask for their code and their manage link. Notices come unasked, so an address that nobody confirmed gets fewer of
them, and guests can stop them on their page. Above the limit, mails are left out: the guest's page shows everything,
and the last mail before the limit says so.

Whether the address belongs to a recipient is checked here, and again when a letter is sent. The second check is not
enough: when owners delete their account, their list goes with it, and their address is gone by then. A mail that is
held back does not count for the mailbox. Otherwise recipients could find the limit of their own mailbox used up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from core.db.change import change
from core.limits.rate_limits import (
    LETTERS_A_MINUTE,
    LETTERS_ASKED_FOR,
    NOTICES_CONFIRMED,
    NOTICES_UNCONFIRMED,
    has_room,
    hit,
    refuse_beyond,
)
from core.mailboxes.mailbox_forms import canonical_mailbox
from sharing.access.reachable_guests import belongs_to_blind, may_be_told
from sharing.models import GuestLetter, GuestMail
from sharing.refusals import LettersTooFast, NoAddress, TooManyLetters
from sharing.tasks import mail_guest
from wishlists.models import Guest, Item


@change()
def send_code(*, guest: Guest, email: str = "") -> GuestLetter:
    """Send a new code, which replaces older ones. `email` becomes the guest's address if they had none."""
    if email and not guest.email:
        guest.email = email
        guest.save(update_fields=["email"])
    return _send_asked_for(guest, GuestLetter.Kind.CODE)


@change()
def send_first_code(*, guest: Guest) -> GuestLetter:
    """Send the code that a new guest gets without asking. They may ask for another at once, because mail gets lost."""
    return _send_asked_for(guest, GuestLetter.Kind.CODE, is_first=True)


@change()
def send_link(*, guest: Guest) -> GuestLetter:
    """Send the guest their manage link."""
    return _send_asked_for(guest, GuestLetter.Kind.LINK)


@change()
def send_notice(
    *, guest: Guest, kind: str, item: Item | None = None, until: datetime | None = None
) -> GuestLetter | None:
    """Tell a guest what happened, if it may be mailed to them. The person who caused it can't tell whether a mail
    was sent."""
    if not may_be_told(guest) or _was_told_of_edit(guest, kind, item):
        return None
    limit = NOTICES_CONFIRMED if guest.confirmed_at else NOTICES_UNCONFIRMED
    mailbox, is_blind = canonical_mailbox(guest.email), belongs_to_blind(guest)
    if not is_blind and not hit(limit, mailbox):
        return None
    letter = GuestLetter.objects.create(guest=guest, kind=kind, item=item, until=until)
    if not is_blind:
        _send(letter, is_last=not has_room(limit, mailbox))
    return letter


@change()
def want_notices(*, guest: Guest, wanted: bool) -> None:
    """Save whether the guest wants notices."""
    GuestMail.objects.update_or_create(
        guest=guest,
        defaults={"stopped_at": None if wanted else timezone.now(), "language": get_language() or "en"},
    )


@change()
def remember_language(guest: Guest) -> None:
    """Save the language in which the guest uses the site. Later mails, which other people cause, are written in it."""
    GuestMail.objects.update_or_create(guest=guest, defaults={"language": get_language() or "en"})


def _send_asked_for(guest: Guest, kind: GuestLetter.Kind, *, is_first: bool = False) -> GuestLetter:
    """Send a letter that the guest asked for.

    A guest who asks too often gets an error. If other guests have used up the limit of the same mailbox, nothing is
    sent and there is no error: an error would tell people who type somebody's address that this person gives.
    """
    if not guest.email:
        raise NoAddress
    if not is_first:
        refuse_beyond(LETTERS_A_MINUTE, kind, guest.pk, refusal=LettersTooFast)
    refuse_beyond(LETTERS_ASKED_FOR, *_asks(guest), refusal=TooManyLetters)
    remember_language(guest)
    letter = GuestLetter.objects.create(guest=guest, kind=kind)
    if not belongs_to_blind(guest) and hit(LETTERS_ASKED_FOR, "mailbox", canonical_mailbox(guest.email)):
        _send(letter)
    return letter


def _asks(guest: Guest) -> tuple[str, object]:
    return "guest", guest.pk


def _was_told_of_edit(guest: Guest, kind: str, item: Item | None) -> bool:
    """Return whether this is an edit of a wish and the guest was mailed about an edit of it within the hour."""
    hour_ago = timezone.now() - timedelta(hours=1)
    told = guest.letters.filter(kind=kind, item=item, created_at__gt=hour_ago)
    return kind == GuestLetter.Kind.CHANGED and told.exists()


def _send(letter: GuestLetter, *, is_last: bool = False) -> None:
    """Queue the mail. With `is_last` the mail says that no more of its kind will come for a while."""
    known = GuestMail.objects.filter(guest=letter.guest).first()
    language = known.language if known else settings.LANGUAGE_CODE
    mail_guest.enqueue(letter_id=str(letter.pk), language=language, is_last=is_last)

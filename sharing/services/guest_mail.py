"""Mails to guests. They commit with what they tell of and are sent after; what they bring is derived as they are sent.

A guest asks for their code and their link themselves. News come unasked, so they are fewer to an address that nobody
confirmed, and end when the guest says so on their page. Past a bound they are left out: the page has it all, and the last
one says so.

Whether the address belongs to somebody who must not know is checked here, and again when a letter is sent. The second
check is not enough: owners who delete their account take their list with it, and have no address by then. A mail that is
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
    """A new code for their address, which takes the place of older ones; for `email`, if they gave none before."""
    if email and not guest.email:
        guest.email = email
        guest.save(update_fields=["email"])
    return _send_asked_for(guest, GuestLetter.Kind.CODE)


@change()
def send_first_code(*, guest: Guest) -> GuestLetter:
    """The code that a new guest gets without asking. They may ask for another one at once: mail gets lost."""
    return _send_asked_for(guest, GuestLetter.Kind.CODE, is_first=True)


@change()
def send_link(*, guest: Guest) -> GuestLetter:
    """Their manage link, to the address that they gave."""
    return _send_asked_for(guest, GuestLetter.Kind.LINK)


@change()
def send_notice(
    *, guest: Guest, kind: str, item: Item | None = None, until: datetime | None = None
) -> GuestLetter | None:
    """Tell a guest what happened, where that may be mailed to them. Whoever made it happen notices nothing of it."""
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
    """The guest says whether they want any more of them."""
    GuestMail.objects.update_or_create(
        guest=guest,
        defaults={"stopped_at": None if wanted else timezone.now(), "language": get_language() or "en"},
    )


@change()
def remember_language(guest: Guest) -> None:
    """Later mails come while others act, and speak the language in which the guest used the site last."""
    GuestMail.objects.update_or_create(guest=guest, defaults={"language": get_language() or "en"})


def _send_asked_for(guest: Guest, kind: GuestLetter.Kind, *, is_first: bool = False) -> GuestLetter:
    """A guest is told that they had enough. That the address had, by others, is told to nobody: whoever types it would
    learn who gives."""
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
    """Whether it is one more edit of a wish of whose edits they were told within the hour."""
    hour_ago = timezone.now() - timedelta(hours=1)
    told = guest.letters.filter(kind=kind, item=item, created_at__gt=hour_ago)
    return kind == GuestLetter.Kind.CHANGED and told.exists()


def _send(letter: GuestLetter, *, is_last: bool = False) -> None:
    """`is_last`: there will be no more of its kind for a while, and it says so."""
    known = GuestMail.objects.filter(guest=letter.guest).first()
    language = known.language if known else settings.LANGUAGE_CODE
    mail_guest.enqueue(letter_id=str(letter.pk), language=language, is_last=is_last)

"""What letters tell guests, in their words: as it happened, and what to do now.

What somebody else typed (the name of a wish or a list) is told to confirmed addresses alone: to others we would be a
spammer's relay (accounts/services/mail.py).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.time.moments import format_deadline, format_moment
from sharing.models import GuestLetter
from wishlists.queries.activity import openings_of

Kind = GuestLetter.Kind


class MailText(NamedTuple):
    named: Promise | str
    """With the name of the wish as `item`, and of the list as `list`."""
    nameless: Promise | str
    then: Promise | str = ""


_YOURS = _("What you have is still yours: give it, or take it back.")
_REMOVED = _("“%(item)s” was removed"), _("A wish that you had promised something for was removed")
_UNWISHED = _("“%(item)s” is no longer wished for"), _("Something that you reserved is no longer wished for")

MAIL_TEXTS: dict[str, MailText] = {
    Kind.OFFERED: MailText(
        _("“%(item)s” is free again, and held for you for a day"),
        _("What you wait for is free again, and held for you for a day"),
        _("Take it before that, or the next in line has it."),
    ),
    Kind.NUDGED: MailText(
        _("Have you bought “%(item)s”? Say so, or it is soon free for others"),
        _("Have you bought what you reserved? Say so, or it is soon free for others"),
    ),
    Kind.LAPSED: MailText(
        _("Your time for “%(item)s” is over: it is free for others again"),
        _("Your time for something that you reserved is over: it is free for others again"),
    ),
    Kind.CHANGED: MailText(
        _("“%(item)s” was changed"),
        _("Something that you reserved was changed"),
        _("Your page shows what it said when you took it, and what it says now."),
    ),
    Kind.REMOVED: MailText(*_REMOVED, _YOURS),
    Kind.PLEDGE_OFF: MailText(*_REMOVED, _("You had pledged money for it. You need not give it.")),
    Kind.REFUND: MailText(*_REMOVED, _("You had paid money for it. Ask for it back.")),
    Kind.RESTORED: MailText(
        _("“%(item)s” is wished for again"), _("Something that you reserved is wished for again")
    ),
    Kind.SET_ASIDE: MailText(*_UNWISHED, _YOURS),
    Kind.RECEIVED: MailText(*_UNWISHED, _YOURS),
    Kind.ANSWERED: MailText(
        _("Your question about “%(item)s” is answered"),
        _("Your question about a wish is answered"),
        _("Open the list by its link to read the answer."),
    ),
    Kind.REACHED: MailText(_("Enough came together for “%(item)s”"), _("Enough came together")),
    Kind.MISSED: MailText(
        _("Not enough came together for “%(item)s”"),
        _("Not enough came together for something that you chipped in for"),
        _("What you had only pledged is free again. If you had paid, ask for it back."),
    ),
    Kind.ENDED: MailText(
        _("Nobody collects for “%(item)s” any more"),
        _("Nobody collects any more for something that you chipped in for"),
        _("What you chipped in stands. Take it back if you no longer want to give it."),
    ),
    Kind.DELETED: MailText(
        _("“%(list)s” was deleted"), _("A list on which you promised something was deleted"), _YOURS
    ),
    Kind.REVEALED: MailText(
        _("The secret of “%(list)s” is out"),
        _("The secret of a list on which you promised something is out"),
        _("Those for whom it is see now who gave what."),
    ),
    Kind.RECIPIENTS: MailText(
        _("“%(list)s” is now for somebody else, too"),
        _("A list on which you promised something is now for somebody else, too"),
        _("Your page says for whom it is, and who can see what you do."),
    ),
    Kind.OPENED: MailText(
        _("%(by)s, who looks after this site, looks at what was given on “%(list)s”"),
        _(
            "Somebody who looks after this site looks at what was given on a list on which you promised something"
        ),
        _("For 30 minutes they see who gives what there."),
    ),
    Kind.WHO_SEES: MailText(
        _("Who can see what you give on “%(list)s” has changed"),
        _("Who can see what you give on a list has changed"),
        _("Your page says for whom it is, and who can see what you do."),
    ),
}

_UNTIL = (Kind.OFFERED, Kind.NUDGED)


def mail_context(letter: GuestLetter) -> dict[str, Any]:
    """What the mail of `letter` says, in the language that is set. An item is named as it now is; a pot as its list."""
    text, wishlist = MAIL_TEXTS[letter.kind], letter.guest.wishlist
    names = {"item": letter.item.title if letter.item else wishlist.title, "list": wishlist.title}
    if letter.kind == Kind.OPENED:
        names["by"] = _opened_by(letter)
    is_confirmed = letter.guest.confirmed_at is not None
    return {
        "happened": str(text.named) % names if is_confirmed else str(text.nameless),
        "then": str(text.then),
        "until": _until(letter, wishlist.time_zone) if letter.kind in _UNTIL else "",
        "is_confirmed": is_confirmed,
    }


def _opened_by(letter: GuestLetter) -> str:
    """The opening is logged in the same change, a moment before the letter is written."""
    openings = openings_of(letter.guest.wishlist, since=letter.guest.created_at)
    return next((name for at, name in openings if at <= letter.created_at), "")


def _until(letter: GuestLetter, zone: str) -> str:
    is_last_day = letter.kind == Kind.NUDGED
    return format_deadline(letter.until, zone) if is_last_day else format_moment(letter.until, zone)

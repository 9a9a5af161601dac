"""The texts of mails to guests: what happened, and what the guest can do now.

What somebody else typed (the name of a wish or a list) is mailed to confirmed addresses only. Otherwise spammers could
use us to send their texts (accounts/services/mail.py).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.time.moments import format_deadline, format_moment
from sharing.models import GuestLetter
from wishlists.projections.who_sees import who_sees
from wishlists.projections.who_sees_sentences import named_list
from wishlists.queries.activity import openings_of

Kind = GuestLetter.Kind


class MailText(NamedTuple):
    named: Promise | str
    """What happened. `item` is the name of the wish, `list` that of the list, and `gift` has both."""
    nameless: Promise | str
    then: Promise | str
    """What that means and what to do. `until` is the end of the term."""


_YOURS = _("You can still give it, or cancel your reservation.")
_REMOVED = (
    _("“%(item)s” was removed from %(list)s"),
    _("A gift that you reserved or chipped in for was removed"),
)
_UNWISHED = _("%(gift)s is no longer wanted"), _("A gift that you reserved is no longer wanted")
_SEE_YOUR_PAGE = _("Your page shows who the list is for and who can see what you do.")

MAIL_TEXTS: dict[str, MailText] = {
    Kind.OFFERED: MailText(
        _("%(gift)s is available again and held for you"),
        _("A gift that you are waiting for is available again and held for you"),
        _(
            "It's your turn: it is held for you until %(until)s. Reserve it before then, or the next "
            "person in line "
            "gets it."
        ),
    ),
    Kind.NUDGED: MailText(
        _("Have you bought “%(item)s” for %(list)s?"),
        _("Have you bought the gift that you reserved?"),
        _("Mark it as bought by %(until)s. Otherwise your reservation expires and others can reserve it."),
    ),
    Kind.LAPSED: MailText(
        _("Your reservation of %(gift)s has expired"),
        _("One of your reservations has expired"),
        _("You didn't mark the gift as bought in time. Others can reserve it now."),
    ),
    Kind.CHANGED: MailText(
        _("%(gift)s was changed"),
        _("A gift that you reserved was changed"),
        _("Your page shows what it said when you reserved it and what it says now."),
    ),
    Kind.REMOVED: MailText(*_REMOVED, _YOURS),
    Kind.PLEDGE_OFF: MailText(*_REMOVED, _("Your pledge was cancelled. You don't need to pay anything.")),
    Kind.REFUND: MailText(*_REMOVED, _("You had paid for it. Ask for your money back.")),
    Kind.RESTORED: MailText(
        _("“%(item)s” is back on %(list)s"),
        _("A gift that you reserved is back on its list"),
        _("Your reservation still counts."),
    ),
    Kind.SET_ASIDE: MailText(*_UNWISHED, _YOURS),
    Kind.RECEIVED: MailText(*_UNWISHED, _YOURS),
    Kind.ANSWERED: MailText(
        _("Your question about %(gift)s was answered"),
        _("Your question about a gift was answered"),
        _("Open the list with its link to read the answer."),
    ),
    Kind.REACHED: MailText(
        _("The group gift %(gift)s is fully funded"),
        _("A group gift that you chipped in for is fully funded"),
        _("Thank you for chipping in!"),
    ),
    Kind.MISSED: MailText(
        _("The group gift %(gift)s didn't reach its target"),
        _("A group gift that you chipped in for didn't reach its target"),
        _(
            "If you had only pledged, you don't need to pay anything. If you had paid, ask for your money "
            "back."
        ),
    ),
    Kind.ENDED: MailText(
        _("The group gift %(gift)s has ended"),
        _("A group gift that you chipped in for has ended"),
        _("Your contribution still counts. You can withdraw it if you no longer want to give it."),
    ),
    Kind.DELETED: MailText(
        _("%(list)s was deleted"),
        _("A list on which you reserved or chipped in was deleted"),
        _("If you have bought something already, you can still give it."),
    ),
    Kind.REVEALED: MailText(
        _("%(list)s has been revealed"),
        _("A list on which you reserved or chipped in has been revealed"),
        _("The recipients can now see who gave what."),
    ),
    Kind.RECIPIENTS: MailText(
        _("%(list)s has a new recipient"),
        _("A list on which you reserved or chipped in has a new recipient"),
        _SEE_YOUR_PAGE,
    ),
    Kind.OPENED: MailText(
        _("%(by)s, a moderator of this site, is looking at who gives what on %(list)s"),
        _("A moderator is looking at who gives what on a list on which you reserved or chipped in"),
        _("For 30 minutes they can see who gives what."),
    ),
    Kind.WHO_SEES: MailText(
        _("The people who can see what you give on %(list)s have changed"),
        _("The people who can see what you give on a list have changed"),
        _SEE_YOUR_PAGE,
    ),
}


def mail_context(letter: GuestLetter) -> dict[str, Any]:
    """Return the template context of the mail for `letter`, in the active language."""
    text = MAIL_TEXTS[letter.kind]
    is_confirmed = letter.guest.confirmed_at is not None
    until = _until(letter, letter.guest.wishlist.time_zone)
    return {
        "happened": str(text.named) % _names(letter) if is_confirmed else str(text.nameless),
        "then": str(text.then) % {"until": until} if until else str(text.then),
        "is_confirmed": is_confirmed,
    }


def _names(letter: GuestLetter) -> dict[str, str]:
    """Return the names of the list and the gift. An item has its current name; a pot has the name of its list."""
    wishlist = letter.guest.wishlist
    names = {"list": named_list(who_sees(wishlist), wishlist.title), "item": wishlist.title}
    names["gift"] = names["list"]
    if letter.item:
        names["item"] = letter.item.title
        names["gift"] = gettext("“%(item)s” on %(list)s") % names
    if letter.kind == Kind.OPENED:
        names["by"] = _opened_by(letter)
    return names


def _opened_by(letter: GuestLetter) -> str:
    """Return the moderator's name. The opening was logged in the same transaction, just before the letter was
    created."""
    openings = openings_of(letter.guest.wishlist, since=letter.guest.created_at)
    return next((name for at, name in openings if at <= letter.created_at), "")


def _until(letter: GuestLetter, zone: str) -> str:
    """Return the last day to buy a reserved gift, or the last moment of an offer. "" for other letters."""
    if letter.kind == Kind.NUDGED:
        return format_deadline(letter.until, zone)
    return format_moment(letter.until, zone) if letter.kind == Kind.OFFERED else ""

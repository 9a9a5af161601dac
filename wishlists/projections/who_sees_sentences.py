"""The sentences of a page about whom the list is for and who can see what givers do. Built from `who_sees.py` only."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from core.time.moments import format_beginning
from wishlists.projections.who_sees import Sees, WhoSees


def sentences_for_givers(known: WhoSees, *, is_keeper: bool = False) -> list[str]:
    """Return the sentences for somebody who may give. `is_keeper`: they keep the list for somebody else."""
    if known.is_shared:
        return [
            _("This is a shared list. Everybody on it sees everything, adds things and ticks them off."),
            *filter(None, [_what_outsiders_see(known)]),
        ]
    said = (
        _whom_it_is_for(known, is_keeper=is_keeper),
        _what_recipients_see(known),
        _what_givers_see(known),
        _what_outsiders_see(known),
    )
    return [sentence for sentence in said if sentence]


def sentences_for_recipients(known: WhoSees) -> str:
    """Return the sentence for a recipient."""
    if known.revealed_at:
        return _("The gifts have been revealed: you can see who gave what.")
    return {
        Sees.NOTHING: _(
            "This list is for you, so you can't see what others reserve or chip in. It stays a surprise."
        ),
        Sees.STATUS: _("You see that something is taken, but not by whom. That stays a surprise."),
        Sees.GIFTS: _("This list is open: you see what is given, but not by whom."),
        Sees.NAMES: _("This list is open: you see who gives what."),
    }[known.recipients_see]


def at_a_glance(known: WhoSees) -> str:
    """Return a short sentence about what recipients see, for use beside a button."""
    names = {"names": joined(known.recipients), "keeper": known.keeper}
    if known.keeper:
        return _("{keeper} can see this.").format(**names)
    if known.recipients_see == Sees.NOTHING:
        return _("{names} can't see this.").format(**names)
    if known.recipients_see == Sees.STATUS:
        return _("{names} can see that it is taken, but not by whom.").format(**names)
    return _("{names} can see this.").format(**names)


def joined(names: Sequence[str]) -> str:
    """Join names for a sentence: "Alice, Bob and Carol"."""
    if len(names) < 2:
        return "".join(names)
    return _("{others} and {last}").format(others=", ".join(names[:-1]), last=names[-1])


def named_list(known: WhoSees, title: str) -> str:
    """Return a list and its recipients as part of a sentence: `Alice's list “Birthday”`. If the title has the names, it
    is enough.
    """
    names = [*known.recipients, *filter(None, [known.recipient_name])]
    if all(name.casefold() in title.casefold() for name in names):
        return _("“{list}”").format(list=title)
    return _("{names}'s list “{list}”").format(names=joined(names), list=title)


def _whom_it_is_for(known: WhoSees, *, is_keeper: bool) -> str:
    name = [known.recipient_name] if known.recipient_name else []
    who = {"names": joined([*known.recipients, *name]), "keeper": known.keeper}
    if not known.keeper:
        return _("This list is for {names}.").format(**who)
    if is_keeper:
        sentence = (
            _("You keep this list for {names}.")
            if who["names"]
            else _("You keep this list for someone else.")
        )
        return sentence.format(**who)
    if known.givers_see == Sees.NAMES:
        if who["names"]:
            return _("{keeper} keeps this list for {names} and can see what you reserve.").format(**who)
        return _(
            "{keeper} keeps this list and can see what you reserve. It doesn't say who it is for."
        ).format(**who)
    if who["names"]:
        return _(
            "{keeper} keeps this list for {names} and can see what you reserve, but not that it was you."
        ).format(**who)
    return _(
        "{keeper} keeps this list and can see what you reserve, but not that it was you. It doesn't say "
        "who it is for."
    ).format(**who)


def _what_recipients_see(known: WhoSees) -> str:
    if not known.recipients:
        return ""
    names = joined(known.recipients)
    if known.revealed_at:
        return _("The gifts have been revealed: {names} can see who gives what.").format(names=names)
    if known.recipients_see in (Sees.NOTHING, Sees.STATUS):
        return _what_recipients_see_before_the_reveal(known, names)
    return {
        Sees.GIFTS: _(
            "This is an open list: everyone on it, {names} too, sees what is given, but not by whom."
        ),
        Sees.NAMES: _("This is an open list: everyone on it, {names} too, sees who gives what."),
    }[known.recipients_see].format(names=names)


def _what_recipients_see_before_the_reveal(known: WhoSees, names: str) -> str:
    """Return the sentence about the time before the reveal. It says that a recipient may reveal earlier than the date."""
    is_blind = known.recipients_see == Sees.NOTHING
    if known.reveal_at is None:
        sentence = (
            _("{names} can't see what you do here until a recipient reveals the gifts.")
            if is_blind
            else _(
                "{names} can see that something is taken, but not by whom, until a recipient reveals the gifts."
            )
        )
        return sentence.format(names=names)
    if known.reveal_at <= timezone.now():
        sentence = (
            _("{names} can't see what you do here yet. The gifts will be revealed in a few minutes.")
            if is_blind
            else _(
                "{names} can see that something is taken, but not by whom yet. The gifts will be revealed in a few "
                "minutes."
            )
        )
        return sentence.format(names=names)
    sentence = (
        _("{names} can't see what you do here until {date}, or earlier if a recipient reveals the gifts.")
        if is_blind
        else _(
            "{names} can see that something is taken, but not by whom, until {date}, or earlier if a recipient reveals "
            "the gifts."
        )
    )
    return sentence.format(names=names, date=format_beginning(known.reveal_at, known.time_zone))


def _what_givers_see(known: WhoSees) -> str:
    if known.is_open and known.recipients:
        return ""  # said already in the sentence about everyone
    if known.givers_see == Sees.NAMES:
        return _("Other people on the list see what you reserve, and your name.")
    return _("Other people on the list see what is reserved, but not by whom.")


def _what_outsiders_see(known: WhoSees) -> str:
    if known.has_link and known.link_sees == Sees.NOTHING:
        if known.guests_confirm:
            return _(
                "Guests who have the link see what is taken, but not by whom, once they have confirmed an e-mail address."
            )
        return _("Guests who have the link see what is taken, but not by whom, once they have given a name.")
    if known.has_link:
        return _("Anyone who has the link can see what is taken, but not by whom.")
    if known.is_public:
        return _("Anyone who is logged in and has the link can see what is taken, but not by whom.")
    return ""

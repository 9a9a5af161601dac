"""Join and leave exchanges, and what participants say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import tidy_name
from accounts.services.inbox import notify
from core.db.change import change
from core.limits.rate_limits import EXCHANGE_ADDRESSES, EXCHANGE_JOINS, refuse_beyond
from core.mailboxes.mailbox_forms import own_mailbox
from exchanges.models import Exchange, Participant
from exchanges.queries import accounts_of, organised_by, participant_in, place_of
from exchanges.refusals import (
    AlreadyIn,
    ExchangeFull,
    JoiningEnded,
    LinkIsPrivate,
    NameNeeded,
    NameTaken,
    NotYourList,
)
from exchanges.services.locking import lock_exchange
from exchanges.tasks import mail_participant
from sharing.services.links import make_link
from wishlists.models import Wishlist

MOST_PARTICIPANTS = 100


@change()
def add_participants(*, exchange: Exchange, by: User, people: Sequence[dict[str, Any]]) -> list[Participant]:
    """Add people by name, and perhaps by e-mail address: these are mailed their private link. Only the organiser may.

    The answer does not depend on whether an address has an account.
    """
    current = lock_exchange(organised_by(by, exchange.pk))
    for _mailed in (one for one in people if one.get("email")):
        refuse_beyond(EXCHANGE_ADDRESSES, by.pk)
    made = [_add(current, name=one["name"], email=one.get("email") or "") for one in people]
    if made:
        _changed(current)
    _tell_added(current, by, made)
    return made


@change()
def join_exchange(
    *, exchange: Exchange, user: User | None, name: str = "", visitor: str = "", **said: Any
) -> Participant:
    """Join by the link: with an account, or without one as somebody with a name and a private link.

    Somebody whom the organiser added by their address becomes that participant. A second time changes nothing.
    """
    current = lock_exchange(exchange)
    place = place_of(user, current) if user else None
    if place is not None:
        return _claim(place, user)
    if current.is_drawn:
        raise JoiningEnded
    if user is None:
        refuse_beyond(EXCHANGE_JOINS, visitor)
        name = tidy_name(name)
        if not name:
            raise NameNeeded
    made = _add(current, user=user, name=user.display_name if user else name, is_self_made=True)
    if said:
        describe_oneself(participant=made, by=user, **said)
    _changed(current)
    _tell_joined(current, made)
    return made


@change()
def leave_exchange(*, participant: Participant, by: User | None = None) -> None:
    """Leave: by oneself, or removed by the organiser. Their exclusions go with them."""
    current = lock_exchange(participant.exchange)
    place = participant_in(current, participant.pk)
    place.left_at = timezone.now()
    place.sealed = None
    place.save(update_fields=["left_at", "sealed"])
    current.exclusions.filter(giver=place).delete()
    current.exclusions.filter(receiver=place).delete()
    _changed(current)
    if by is None or by.pk != current.organiser_id:
        notify(
            users=[current.organiser],
            kind="exchange_left",
            title=_("%(name)s left “%(exchange)s”") % {"name": place.name, "exchange": current.title},
            body=_("Draw again, so that everybody gets a gift.") if current.is_drawn else "",
            payload={**_about(current), "name": place.name},
        )


@change()
def describe_oneself(
    *,
    participant: Participant,
    by: User | None,
    wishes: str | None = None,
    wishlist_id: UUID | str | None = "",
) -> Participant:
    """Write what a participant wishes, and which of their own lists their giver is shown.

    The giver gets the list's public link. As a member of the list, they would be named on it.
    """
    place = participant_in(lock_exchange(participant.exchange), participant.pk)
    if wishes is not None:
        place.wishes = wishes
    if wishlist_id != "":
        place.wishlist = _own_list(by, wishlist_id) if wishlist_id else None  # type: ignore[arg-type]
    place.save(update_fields=["wishes", "wishlist"])
    return place


@change()
def renew_private_link(*, exchange: Exchange, by: User, participant_id: UUID) -> Participant:
    """Replace the private link of somebody without an account and address. The old one stops working.

    What was drawn stays sealed with the code that they chose, if they chose one.
    """
    current = lock_exchange(organised_by(by, exchange.pk))
    place = handed_over_by_organiser(participant_in(current, participant_id))
    place.key = uuid4()
    place.save(update_fields=["key"])
    return place


def handed_over_by_organiser(participant: Participant) -> Participant:
    """Return the participant if the organiser hands them their link. Everybody else gets it by themselves."""
    if not participant.is_by_link or participant.is_self_made:
        raise LinkIsPrivate
    return participant


def _own_list(by: User | None, wishlist_id: UUID) -> Wishlist:
    found = Wishlist.objects.owned_by(by).filter(pk=wishlist_id).first() if by else None
    if found is None or by is None:
        raise NotYourList
    make_link(wishlist=found, by=by)
    return found


def _claim(place: Participant, user: User | None) -> Participant:
    """Note whose account it is."""
    if place.user_id is None:
        place.user = user
        place.save(update_fields=["user"])
    return place


def _add(
    exchange: Exchange, *, name: str, email: str = "", user: User | None = None, is_self_made: bool = False
) -> Participant:
    here = list(exchange.participants.live())
    if len(here) >= MOST_PARTICIPANTS:
        raise ExchangeFull
    mailbox = own_mailbox(email) if email else ""
    if any((mailbox and one.mailbox == mailbox) or (user and one.user_id == user.pk) for one in here):
        raise AlreadyIn
    if any(one.name.casefold() == name.casefold() for one in here):
        if user is None:
            raise NameTaken
        name = _told_apart(name, {one.name.casefold() for one in here})
    return Participant.objects.create(
        exchange=exchange,
        user=user,
        name=name,
        email=email,
        language=get_language() or "en",
        is_self_made=is_self_made,
    )


def _told_apart(name: str, taken: set[str]) -> str:
    """Return the name of an account with a number, if somebody else in the exchange has the same."""
    numbered = (f"{name[:76]} {number}" for number in range(2, MOST_PARTICIPANTS + 2))
    return next(one for one in numbered if one.casefold() not in taken)


def _changed(exchange: Exchange) -> None:
    exchange.needs_draw = True
    exchange.save(update_fields=["needs_draw"])


def _about(exchange: Exchange) -> dict[str, str]:
    return {"exchange_id": str(exchange.pk), "exchange_title": exchange.title}


def _tell_added(exchange: Exchange, by: User, made: list[Participant]) -> None:
    """Notify people with an account in their inbox, and mail all others their link. The organiser sees no difference."""
    for place in made:
        if place.email:
            mail_participant.enqueue(str(place.pk), "exchange_added")
    notify(
        users=[user for user in accounts_of(made) if user.pk != by.pk],
        kind="exchange_added",
        title=_("%(name)s added you to “%(exchange)s”")
        % {"name": by.display_name, "exchange": exchange.title},
        payload={**_about(exchange), "name": by.display_name},
    )


def _tell_joined(exchange: Exchange, made: Participant) -> None:
    everybody = {user.pk: user for user in accounts_of(list(exchange.participants.live()))}
    everybody[exchange.organiser_id] = exchange.organiser
    if made.user_id:
        everybody.pop(made.user_id, None)
    notify(
        users=sorted(everybody.values(), key=lambda user: user.pk),
        kind="exchange_joined",
        title=_("%(name)s joined “%(exchange)s”") % {"name": made.name, "exchange": exchange.title},
        payload={**_about(exchange), "name": made.name},
        about=f"exchange {exchange.pk}",
    )

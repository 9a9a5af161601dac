"""Show a participant to whom they give. Nobody else can call this: it takes the account, or the private link.

A private link that the organiser handed over shows the draw once, unless its owner chose a code: then with the code, as
often as they like. So an organiser who looks first cannot do it unnoticed, and one who looks later sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from core.limits.rate_limits import EXCHANGE_CODES, clear, has_room, hit, refused_by
from core.projections.fields import Reader
from exchanges.access.link_codes import code_mac, is_code
from exchanges.access.sealing import unseal
from exchanges.models import Exchange, Participant
from exchanges.projections import RECIPIENT, Row
from exchanges.queries import place_of
from exchanges.refusals import (
    CodeChosen,
    CodeNeeded,
    DrawAgain,
    NoSuchParticipant,
    NotDrawn,
    ShownBefore,
    WrongLinkCode,
)
from exchanges.services.locking import lock_exchange
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from wishlists.models import Member, Wishlist

DOUBLE_TAP = timedelta(seconds=10)


@dataclass(frozen=True)
class Drawn:
    """To whom somebody gives, and what helps to find a gift."""

    exchange_id: UUID
    drawn_at: datetime | None
    name: str
    wishes: str
    wishlists: list[UUID]
    """Lists for the receiver that the giver may open with their account."""
    list_title: str
    list_token: str
    """The token of the public link of the list that the receiver chose for this exchange."""


def drawn_for_account(*, exchange: Exchange, user: User) -> Drawn:
    """Return to whom `user` gives."""
    place = place_of(user, exchange)
    if place is None:
        raise NoSuchParticipant
    return _drawn(exchange, place, user)


def drawn_by_link(*, participant: Participant, code: str = "", new_code: str = "") -> Drawn:
    """Return to whom the owner of this private link gives. `new_code` is the code that they choose, to look again."""
    if participant.code_mac:
        check_code(participant, code)
    return _open(participant=participant, code=code, new_code=new_code)


def project_drawn(drawn: Drawn, absolute: Callable[[str], str]) -> Row:
    """Return what the giver reads. `absolute` turns a path of this site into an address."""
    return RECIPIENT.project(
        None,
        Reader.READER,
        exchange_id=drawn.exchange_id,
        drawn_at=drawn.drawn_at,
        name=drawn.name,
        wishes=drawn.wishes or None,
        wishlists=drawn.wishlists,
        list_title=drawn.list_title or None,
        list_url=absolute(reverse("share", args=[drawn.list_token])) if drawn.list_token else None,
    )


@change()
def choose_code(*, participant: Participant, new_code: str) -> None:
    """Choose a code for the private link, once. From then on the link shows the draw only with the code."""
    place = _locked(participant)
    if place.code_mac:
        raise CodeChosen
    if needs_code(place) and place.opened_draw == place.exchange.draw_number and place.exchange.is_drawn:
        raise ShownBefore
    place.code_mac = code_mac(place, new_code)
    place.save(update_fields=["code_mac"])


def drawn_again(*, participant: Participant) -> Drawn:
    """Return what this browser was just shown, for a form that it sent twice."""
    return _drawn(participant.exchange, participant, participant.user)


def shown_just_now(*, participant: Participant) -> bool:
    """Return whether the draw was shown so recently that a second request is a double tap."""
    opened_at = participant.opened_at
    return opened_at is not None and timezone.now() - opened_at < DOUBLE_TAP


def is_shown_out(participant: Participant) -> bool:
    """Return whether the draw was shown once, and no code was chosen to see it again."""
    exchange = participant.exchange
    was_shown = exchange.is_drawn and participant.opened_draw == exchange.draw_number
    return needs_code(participant) and was_shown and not participant.code_mac


def needs_code(participant: Participant) -> bool:
    """Return whether the link shows the draw only once without a code: the organiser has seen it, too."""
    return participant.is_by_link and not participant.is_self_made


def check_code(participant: Participant, typed: str) -> None:
    """Raise a refusal unless this is the code. Wrong ones are counted, because codes are short."""
    if not typed:
        raise CodeNeeded
    if not has_room(EXCHANGE_CODES, participant.pk):
        raise refused_by(EXCHANGE_CODES, participant.pk)
    if not is_code(participant, typed):
        hit(EXCHANGE_CODES, participant.pk)
        raise WrongLinkCode
    clear(EXCHANGE_CODES, participant.pk)


@change()
def _open(*, participant: Participant, code: str, new_code: str) -> Drawn:
    place = _locked(participant)
    exchange = place.exchange
    if place.code_mac and not is_code(place, code):
        raise CodeNeeded  # somebody else has chosen it meanwhile
    drawn = _drawn(exchange, place, place.user)
    if needs_code(place) and not place.code_mac:
        if place.opened_draw == exchange.draw_number:
            raise ShownBefore
        if new_code:
            place.code_mac = code_mac(place, new_code)
    place.opened_draw, place.opened_at = exchange.draw_number, timezone.now()
    place.save(update_fields=["code_mac", "opened_draw", "opened_at"])
    return drawn


def _locked(participant: Participant) -> Participant:
    exchange = lock_exchange(participant.exchange)
    places = Participant.objects.live().select_related("user")
    place = lock(places.filter(pk=participant.pk)).first()
    if place is None:
        raise NoSuchParticipant
    place.exchange = exchange
    return place


def _drawn(exchange: Exchange, place: Participant, user: User | None) -> Drawn:
    if not exchange.is_drawn or place.sealed is None:
        raise NotDrawn
    receiver_id = unseal(place, draw_number=exchange.draw_number)
    there = exchange.participants.live().select_related("user", "wishlist")
    receiver = there.filter(pk=receiver_id).first() if receiver_id else None
    if receiver is None:
        raise DrawAgain
    link = _link_of(receiver.wishlist)
    return Drawn(
        exchange_id=exchange.pk,
        drawn_at=exchange.drawn_at,
        name=receiver.name,
        wishes=receiver.wishes,
        wishlists=_visible_lists(user, receiver.user),
        list_title=receiver.wishlist.title if receiver.wishlist and link else "",
        list_token=link_token(link) if link else "",
    )


def _link_of(wishlist: Wishlist | None) -> PublicLink | None:
    return PublicLink.objects.live().filter(wishlist=wishlist).first() if wishlist else None


def _visible_lists(user: User | None, receiver: User | None) -> list[UUID]:
    if user is None or receiver is None:
        return []
    theirs = Member.objects.recipients().filter(user=receiver).values("wishlist")
    found = Wishlist.objects.visible_to(user).filter(pk__in=theirs)
    return list(found.order_by("created_at", "pk").values_list("pk", flat=True))

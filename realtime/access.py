"""Decide who may follow which list, and as which audience: before a subscription, after joining, and at every access
check.

The same rule serves one subscription and all subscriptions of a process, in a few statements whatever their number. It
agrees with `Wishlist.objects.visible_to` and `Viewpoint.audience`; a test compares them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from accounts.models import Session, User
from realtime.protocol import SocketError, access_withdrawn, list_gone, no_such_list
from sharing.access.capabilities import guest_named
from sharing.access.mangled_tokens import unmangled
from sharing.models import PublicLink
from sharing.queries.links import link_of
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Guest, Member, Wishlist
from wishlists.models.viewers import Audience, Viewer


@dataclass(frozen=True)
class Person:
    """A person who has proved who they are, for as long as that log-in lives."""

    user_id: UUID
    tenant_id: UUID
    session_id: UUID
    scopes: frozenset[str] | None = None
    """What they may do if they came with an API token. None for a log-in, which may do everything."""


@dataclass(frozen=True)
class Way:
    """How a socket follows a list: as a person (a member, or any signed-in user on a public list), or by a link."""

    wishlist_id: UUID
    person: Person | None = None
    link_id: UUID | None = None
    limited: bool = False
    """The link has a limited number of openings."""
    guest_id: UUID | None = None
    """The guest who came by the link, if they showed their manage token."""


Verdict = Audience | SocketError
Granted = TypeVar("Granted")


def way_by_link(token: str, person: Person | None) -> Way:
    """Return the way that a public token opens. A used-up link refuses new openings, but people who are already in may
    stay."""
    link = link_of(unmangled(token))
    if link is None:
        raise no_such_list()
    return Way(link.wishlist_id, person, link.pk, link.max_views is not None)


def shown_by_guest(way: Way, manage_token: str | None) -> Way:
    """Return the way for the guest that the token names. A token that names no guest is ignored, as in reads over
    HTTP."""
    guest_id = guest_named(manage_token) if manage_token else None
    return replace(way, guest_id=guest_id) if guest_id else way


def ways_by_links(
    asked: Collection[tuple[str, Person | None]],
) -> dict[tuple[str, Person | None], Way | SocketError]:
    """Return, for each pair of token and person, the way that it opens or the error that says why it opens none."""
    answers: dict[tuple[str, Person | None], Way | SocketError] = {}
    for token, person in asked:
        try:
            answers[token, person] = way_by_link(token, person)
        except SocketError as error:
            answers[token, person] = error
    return answers


def ended_sessions(session_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these sessions that have ended."""
    alive = Session.objects.live().filter(pk__in=session_ids).values_list("pk", flat=True)
    return set(session_ids) - set(alive)


def judge(ways: Collection[Way]) -> dict[Way, Verdict]:
    """Return the audience that each way leads to now, or the error that says why it is closed."""
    wishlists = Wishlist.objects.in_bulk({way.wishlist_id for way in ways})
    people = {way.person.user_id for way in ways if way.person}
    places = _places(set(wishlists), people) if people else {}
    links = {way.link_id for way in ways if way.link_id}
    live = (
        set(PublicLink.objects.live().filter(pk__in=links).values_list("pk", flat=True)) if links else set()
    )
    named = {way.guest_id for way in ways if way.guest_id}
    guests = Guest.objects.in_bulk(named) if named else {}
    return {
        way: _verdict(way, wishlists.get(way.wishlist_id), places, guests, way.link_id in live)
        for way in ways
    }


def enter(way: Way) -> Audience:
    """Return the audience of one way. Raises the error that says why it is closed."""
    return granted(judge({way})[way])


def granted(answer: Granted | SocketError) -> Granted:
    """Return the audience, or raise a new copy of the refusal: several callers may share one answer."""
    if isinstance(answer, SocketError):
        raise SocketError(answer.code, answer.message, close=answer.close)
    return answer


Places = dict[tuple[UUID, UUID], tuple[str | None, bool]]


_NO_PLACE: tuple[str | None, bool] = (None, False)


def _places(wishlists: Collection[UUID], people: Collection[UUID]) -> Places:
    """Return the role (None for a person who isn't let in) and whether they are a recipient, by list and person."""
    rows = Member.objects.counting().filter(wishlist__in=wishlists, user__in=people)
    places: Places = {}
    for row in rows:
        role, is_blind = places.get((row.wishlist_id, row.user_id), _NO_PLACE)
        role = role if row.removed_at else row.role
        places[row.wishlist_id, row.user_id] = role, is_blind or row.is_blinding
    return places


def _verdict(
    way: Way, wishlist: Wishlist | None, places: Places, guests: Mapping[UUID, Guest], link_lives: bool
) -> Verdict:
    if wishlist is None or wishlist.removed_at or wishlist.hidden_at or (way.link_id and not link_lives):
        return list_gone()
    person = way.person
    place = places.get((wishlist.pk, person.user_id), _NO_PLACE) if person else _NO_PLACE
    if way.link_id is None:
        same_tenant = person is not None and person.tenant_id == wishlist.tenant_id
        if not same_tenant or not (wishlist.is_public or place[0]):
            return access_withdrawn()
    guest = guests.get(way.guest_id) if way.guest_id and person is None else None
    if guest is not None and guest.wishlist_id != wishlist.pk:
        guest = None  # a guest of another list is nobody on this one
    viewer = Viewer(User(pk=person.user_id) if person else None, guest, by_link=way.link_id is not None)
    role, is_recipient = place
    return Viewpoint(viewer, wishlist, role, is_recipient).audience

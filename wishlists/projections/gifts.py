"""Who gave what, with the notes and the money, after the reveal. Before it, the answer doesn't depend on what was
given.
"""

from __future__ import annotations

from uuid import UUID

from core.projections.fields import Field, Projection
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Contribution, Reservation, Thanks, Wishlist
from wishlists.models.giving import ContributionQuerySet, ReservationQuerySet
from wishlists.projections.giver_names import GIVER_COLUMNS, is_me, name_of
from wishlists.projections.reservations import TAKEN
from wishlists.projections.rows import Row, money_of
from wishlists.projections.sights import ANYBODY, NAMED, OWN, Told
from wishlists.refusals import NotRevealed


def _is_withdrawn(row: Row, _about: object) -> bool:
    return row["item__removed_at"] is not None


GIVEN_RESERVATION = Projection(
    "given reservation",
    Told,
    Field("item_id", sights=ANYBODY),
    Field("item_title", sights=ANYBODY, column="item__title"),
    *TAKEN,
    Field("withdrawn", sights=ANYBODY, get=_is_withdrawn),
    Field("created_at", sights=ANYBODY),
)
GIVEN_CONTRIBUTION = Projection(
    "given contribution",
    Told,
    Field("item_id", sights=ANYBODY),
    Field("item_title", sights=ANYBODY, column="item__title"),
    Field("amount", sights=ANYBODY, get=money_of("amount_minor")),
    Field("currency", sights=ANYBODY),
    Field("status", sights=ANYBODY),
    Field("withdrawn", sights=ANYBODY, get=_is_withdrawn),
    Field("created_at", sights=ANYBODY),
)
GIVER = Projection(
    "giver",
    Told,
    Field("giver_id", sights=NAMED, get=lambda row, _: _key(row)),
    Field("user_id", sights=NAMED),
    Field("display_name", sights=NAMED, get=lambda row, _: name_of(row)),
    Field("is_guest", sights=ANYBODY, get=lambda row, _: row["guest_id"] is not None),
    Field("is_me", sights=OWN, get=lambda *_: True, hidden_as=False),
    Field("reservations", sights=ANYBODY, given=True),
    Field("contributions", sights=ANYBODY, given=True),
)
"""What one giver gave."""

THANKED_GIVER = GIVER.of_shown(
    "thanked giver",
    Field("note", sights=NAMED, get=lambda _, thanks: (thanks["note"] or None) if thanks else None),
    Field("ticked_at", sights=NAMED, get=lambda _, thanks: thanks and thanks["ticked_at"]),
    Field("sent_at", sights=NAMED, get=lambda _, thanks: thanks and thanks["sent_at"]),
    Field("can_send", sights=NAMED, given=True, hidden_as=False),
)
"""The same row with the state of the thanks, for those who write them."""

_OF_ITEM = ("item__removed_at", "created_at", "currency", *GIVER_COLUMNS)
_RESERVED = tuple(dict.fromkeys((*GIVEN_RESERVATION.columns(*Told), "price_minor", *_OF_ITEM)))
_CHIPPED = tuple(dict.fromkeys((*GIVEN_CONTRIBUTION.columns(*Told), "amount_minor", *_OF_ITEM)))
_THANKED = ("user_id", "guest_id", "note", "ticked_at", "sent_at")


def require_revealed(viewpoint: Viewpoint) -> None:
    """Refuse people who are not members, and everybody before the reveal. Reads nothing about giving."""
    if viewpoint.require_member().wishlist.revealed_at is None:
        raise NotRevealed


def reserved_on(wishlist: Wishlist) -> ReservationQuerySet:
    """Return the reservations on the list. Offers are left out, because they are not accepted yet."""
    return Reservation.objects.active().filter(item__wishlist=wishlist, is_offer=False)


def chipped_in_on(wishlist: Wishlist) -> ContributionQuerySet:
    """Return the contributions to the list's items and pot."""
    return Contribution.objects.standing().on(wishlist)


def project_gifts(viewpoint: Viewpoint, *, named: bool) -> list[Row]:
    """Return a row for each giver, in the order in which they first gave. Runs two statements, however many there are.

    `named`: whether other givers' names are shown (`all_named`). The viewer's own name always is.
    """
    wishlist, viewer = viewpoint.wishlist, viewpoint.viewer
    rows = [
        *reserved_on(wishlist).values(*_RESERVED),
        *chipped_in_on(wishlist).values(*_CHIPPED),
    ]
    givers: dict[UUID, Row] = {}
    for row in sorted(rows, key=lambda row: row["created_at"]):
        told = Told.of(mine=is_me(row, viewer), named=named)
        if (giver := givers.get(_key(row))) is None:
            giver = givers[_key(row)] = GIVER.project(row, told, reservations=[], contributions=[])
        if "units" in row:
            giver["reservations"].append(GIVEN_RESERVATION.project(row, told))
        else:
            giver["contributions"].append(GIVEN_CONTRIBUTION.project(row, told))
    return list(givers.values())


def all_named(viewpoint: Viewpoint) -> bool:
    """Return whether every giver is named. Recipients read all names, to thank them. For givers, the list's setting
    decides.
    """
    return viewpoint.is_recipient or viewpoint.wishlist.names_shown


def project_thanks(viewpoint: Viewpoint) -> list[Row]:
    """Return every giver by name, with what they gave and the state of the thanks."""
    wishlist = viewpoint.wishlist
    written = Thanks.objects.filter(wishlist=wishlist).values(*_THANKED)
    thanks = {_key(row): row for row in written}
    reached = _reached(wishlist)
    return [
        THANKED_GIVER.project(
            giver, Told.NAMED, thanks.get(giver["giver_id"]), can_send=giver["giver_id"] in reached
        )
        for giver in project_gifts(viewpoint, named=True)
    ]


def _reached(wishlist: Wishlist) -> set[UUID]:
    """Return givers who can receive a note: users, and guests who confirmed their address."""
    guests = wishlist.guests.exclude(email="").exclude(confirmed_at=None).values_list("pk", flat=True)
    people = {
        user_id
        for rows in (reserved_on(wishlist), chipped_in_on(wishlist))
        for user_id in rows.filter(user__is_active=True).values_list("user_id", flat=True)
    }
    return people | set(guests)


def _key(row: Row) -> UUID:
    key: UUID = row["user_id"] or row["guest_id"]
    return key

"""After the reveal: who gave what, with the notes and the money. Before it there is one answer, whatever was given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.money.money import to_wire
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Contribution, Reservation, Thanks, Wishlist
from wishlists.models.giving import ContributionQuerySet, ReservationQuerySet
from wishlists.models.viewers import Viewer
from wishlists.projections.giver_names import GIVER_COLUMNS, is_me, name_of
from wishlists.projections.rows import Row
from wishlists.refusals import NotRevealed

_ITEM = ("item_id", "item__title", "item__removed_at", "created_at", "currency")
_RESERVED = ("units", "stage", "message", "price_minor", *_ITEM, *GIVER_COLUMNS)
_CHIPPED = ("amount_minor", "status", *_ITEM, *GIVER_COLUMNS)
_THANKED = ("user_id", "guest_id", "note", "ticked_at", "sent_at")


def require_revealed(viewpoint: Viewpoint) -> None:
    """For those let in, and only once the secret is out. Looks at nothing that givers did."""
    if viewpoint.require_member().wishlist.revealed_at is None:
        raise NotRevealed


def reserved_on(wishlist: Wishlist) -> ReservationQuerySet:
    """What givers hold there; what is only offered to the next in line nobody gives yet."""
    return Reservation.objects.active().filter(item__wishlist=wishlist, is_offer=False)


def chipped_in_on(wishlist: Wishlist) -> ContributionQuerySet:
    """For its items, and for its pot."""
    return Contribution.objects.standing().on(wishlist)


def project_gifts(viewpoint: Viewpoint, *, named: bool) -> list[Row]:
    """A row for each giver, in the order in which they first gave: two statements, whatever their number.

    `named`: whether others are named, by whom the asker is (`all_named`). The asker always is.
    """
    wishlist, viewer = viewpoint.wishlist, viewpoint.viewer
    rows = [
        *reserved_on(wishlist).values(*_RESERVED),
        *chipped_in_on(wishlist).values(*_CHIPPED),
    ]
    givers: dict[UUID, Row] = {}
    for row in sorted(rows, key=lambda row: row["created_at"]):
        told = named or is_me(row, viewer)
        giver = givers.setdefault(_key(row), _giver(row, viewer, told=told))
        if "units" in row:
            giver["reservations"].append(_reservation(row, told=told))
        else:
            giver["contributions"].append(_contribution(row))
    return list(givers.values())


def all_named(viewpoint: Viewpoint) -> bool:
    """Those for whom it is read every name: they could thank nobody else. Among givers it is as the list says."""
    return viewpoint.is_recipient or viewpoint.wishlist.names_shown


def project_thanks(viewpoint: Viewpoint) -> list[Row]:
    """For those who thank: every giver by name, what they gave, and how far the thanks are."""
    wishlist = viewpoint.wishlist
    written = Thanks.objects.filter(wishlist=wishlist).values(*_THANKED)
    thanks = {_key(row): row for row in written}
    reached = _reached(wishlist)
    return [
        giver | _thanked(thanks.get(giver["giver_id"])) | {"can_send": giver["giver_id"] in reached}
        for giver in project_gifts(viewpoint, named=True)
    ]


def _reached(wishlist: Wishlist) -> set[UUID]:
    """Givers to whom a note gets: those with an account, and guests who confirmed their address."""
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


def _giver(row: Row, viewer: Viewer, *, told: bool) -> Row:
    return {
        "giver_id": _key(row) if told else None,
        "user_id": row["user_id"] if told else None,
        "display_name": name_of(row) if told else None,
        "is_guest": row["guest_id"] is not None,
        "is_me": is_me(row, viewer),
        "reservations": [],
        "contributions": [],
    }


def _reservation(row: Row, *, told: bool) -> Row:
    return {
        "item_id": row["item_id"],
        "item_title": row["item__title"],
        "units": row["units"],
        "status": Reservation.Status.at(row["stage"]),
        "stage": row["stage"],
        "message": (row["message"] or None) if told else None,
        "price": to_wire(row["price_minor"], row["currency"]),
        "currency": row["currency"],
        "withdrawn": row["item__removed_at"] is not None,
        "created_at": row["created_at"],
    }


def _contribution(row: Row) -> Row:
    return {
        "item_id": row["item_id"],
        "item_title": row["item__title"],
        "amount": to_wire(row["amount_minor"], row["currency"]),
        "currency": row["currency"],
        "status": row["status"],
        "withdrawn": row["item__removed_at"] is not None,
        "created_at": row["created_at"],
    }


def _thanked(thanks: Row | None) -> dict[str, Any]:
    if thanks is None:
        return {"note": None, "ticked_at": None, "sent_at": None}
    return {"note": thanks["note"] or None, "ticked_at": thanks["ticked_at"], "sent_at": thanks["sent_at"]}

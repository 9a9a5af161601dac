"""Counting units: how many are free, and taking them. Everything here expects the item and its list to be locked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F

from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import ItemTaken

SNAPSHOT = ("title", "description", "link_url", "image_url", "quantity")
"""What a reservation remembers of its item; price and currency have columns of their own. A contribution remembers both here."""


def units_free(item: Item) -> int | None:
    """How many a new giver could take; None: any number. Of what recipients set aside, and of what an alternative
    closes, none."""
    if item.is_marked or is_closed(item):
        return 0
    return None if item.cap is None else item.cap - item.units_taken


def is_closed(item: Item) -> bool:
    """Whether one of its alternatives is taken."""
    return item.choice is not None and Item.objects.alike(item).filter(units_taken__gt=0).exists()


def refuse_unless_free(item: Item, units: int) -> None:
    free = units_free(item)
    if free is not None and free < units:
        raise ItemTaken


def hold_units(
    *,
    item: Item,
    giver: Viewer,
    units: int,
    stage: str = Reservation.Stage.RESERVED,
    written: Mapping[str, Any] | None = None,
    is_offer: bool = False,
    lapses_at: datetime | None = None,
) -> Reservation:
    """A new reservation, with the snapshot of what it is for. `written`: fields of `Reservation.WRITTEN`."""
    reservation = Reservation(
        item=item,
        user=giver.user,
        guest=giver.guest,
        units=units,
        stage=stage,
        is_offer=is_offer,
        lapses_at=lapses_at,
        taken_as=as_it_is(item),
        price_minor=item.price_minor,
        currency=item.currency,
        **(written or {}),
    )
    take_units(item, units)
    reservation.save(force_insert=True)
    return reservation


def take_units(item: Item, units: int) -> None:
    """Add to the sum (negative: give back) and keep `cap = max(quantity, units_taken)`."""
    fields, taken = ["units_taken"], item.units_taken + units
    if units < 0 and item.cap is not None and item.quantity is not None:
        item.cap = max(item.quantity, taken)
        fields.append("cap")
    item.units_taken = F("units_taken") + units  # the database adds, not we
    try:
        item.save(update_fields=fields)
    except IntegrityError as error:
        raise ItemTaken from error
    item.units_taken = taken


def as_it_is(item: Item) -> dict[str, Any]:
    """What the giver saw when they took it, and the occasion, to tell them later what differs."""
    return {name: getattr(item, name) for name in SNAPSHOT} | occasion_as_it_is(item.wishlist)


def occasion_as_it_is(wishlist: Wishlist) -> dict[str, Any]:
    return {"list_title": wishlist.title, "due_date": wishlist.due_date and wishlist.due_date.isoformat()}

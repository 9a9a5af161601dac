"""Count, take and free units. All functions expect the item and its list to be locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from core.db.saving import Insert, Save, Update, save_together
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import ItemTaken

SNAPSHOT = ("title", "description", "link_url", "image_url", "quantity")
"""Fields of the item that a reservation stores. Price and currency have columns of their own. A contribution stores
both here.
"""


_UNITS_BOUND = "item_units_taken_within_cap"
"""The constraint that refuses more units than there are, even if no lock was taken."""


def units_free(item: Item) -> int | None:
    """Return how many units a new giver could take; None means any number.

    There are none if a recipient set the item aside, or if an alternative is taken.
    """
    if item.is_marked or is_closed(item):
        return 0
    return None if item.cap is None else item.cap - item.units_taken


def is_closed(item: Item) -> bool:
    """Return whether one of its alternatives is taken."""
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
    beside: Sequence[Save] = (),
) -> Reservation:
    """Create a reservation with a snapshot of the item. `written`: fields of `Reservation.WRITTEN`. `beside` is saved
    with it.
    """
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
    take_units(item, units, Insert(reservation), *beside)
    return reservation


def take_units(item: Item, units: int, *beside: Save) -> None:
    """Add to the sum of taken units (negative: free them), and keep `cap = max(quantity, units_taken)`.

    `beside` is saved with it, in one round trip to the database.
    """
    fields: tuple[str, ...] = ()
    if units < 0 and item.cap is not None and item.quantity is not None and item.cap != item.quantity:
        item.cap = max(item.quantity, item.units_taken + units)
        fields = ("cap",)
    try:
        save_together(Update(item, fields, plus={"units_taken": units}), *beside)
    except IntegrityError as error:
        if _UNITS_BOUND not in str(error):
            raise
        raise ItemTaken from error


def as_it_is(item: Item) -> dict[str, Any]:
    """Return the item and the occasion as the giver saw them, so that later changes can be shown to them."""
    return {name: getattr(item, name) for name in SNAPSHOT} | occasion_as_it_is(item.wishlist)


def occasion_as_it_is(wishlist: Wishlist) -> dict[str, Any]:
    return {"list_title": wishlist.title, "due_date": wishlist.due_date and wishlist.due_date.isoformat()}

"""What a reservation or contribution remembers of its item and list (`taken_as`, price), as the wire spells it."""

from __future__ import annotations

from typing import Any

from wishlists.models import Reservation, Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.item_changes import fields_from
from wishlists.projections.items import ITEM, ItemFacts, project_item
from wishlists.projections.rows import Row


def taken(row: Row) -> dict[str, Any]:
    """What the item said when it was taken, its price included."""
    price = {"price_minor": row["price_minor"], "currency": row["currency"]}
    return fields_from(row["taken_as"] | price)


def occasion_taken(row: Row) -> Row:
    return {"title": row["taken_as"].get("list_title", ""), "due_date": row["taken_as"].get("due_date")}


def snapshot_of(row: Row, item: ItemFacts, wishlist: Wishlist) -> Row:
    """The item as its giver took it, in the shape of any other. A field that the snapshot does not hold is empty:
    so is whatever will be added to items one day, until somebody puts it here."""
    status = {"reservation_status": Reservation.Status.at(row["stage"])}
    return ITEM.checked(_snapshot(row, taken(row), item, wishlist) | status, Sight.FULL)


def snapshot_of_contributed(row: Row, item: ItemFacts, wishlist: Wishlist) -> Row:
    """The same of what money is for. Of who has it nothing is remembered, and nothing told."""
    return ITEM.checked(_snapshot(row, fields_from(row["taken_as"]), item, wishlist), Sight.FULL)


def _snapshot(row: Row, said: dict[str, Any], item: ItemFacts, wishlist: Wishlist) -> Row:
    shape = project_item(item, wishlist, Sight.BLIND)
    return {name: _empty(value) for name, value in shape.items()} | {
        "id": row["item_id"],
        "wishlist_id": wishlist.pk,
        "title": "",
        "contributed_currency": said.get("currency"),
        **said,
        "position": 0,
        "reservation_status": "available",
        "units_free": 0,
        "created_at": row["created_at"],
        "updated_at": row["created_at"],
    }


def _empty(value: Any) -> Any:
    """Nothing, of the same type: numbers, lists and flags are never null on the wire."""
    return type(value)() if isinstance(value, bool | int | float | list) else None

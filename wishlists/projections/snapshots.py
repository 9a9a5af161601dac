"""The snapshot of item and list in a reservation or contribution (`taken_as`, price), in the form of rows."""

from __future__ import annotations

from typing import Any

from core.money.money import NO_MONEY, Money
from wishlists.models import Reservation, Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.item_changes import fields_from
from wishlists.projections.items import ITEM, ItemFacts, project_item
from wishlists.projections.rows import Row


def taken(row: Row) -> dict[str, Any]:
    """Return the item when it was reserved, with its price."""
    price = {"price_minor": row["price_minor"], "currency": row["currency"]}
    return fields_from(row["taken_as"] | price)


def occasion_taken(row: Row) -> Row:
    return {"title": row["taken_as"].get("list_title", ""), "due_date": row["taken_as"].get("due_date")}


def snapshot_of(row: Row, item: ItemFacts, wishlist: Wishlist) -> Row:
    """Return the snapshot in the same form as any item. Fields that it doesn't have are empty, including fields that
    will be added to items later.
    """
    status = {"reservation_status": Reservation.Status.at(row["stage"])}
    return ITEM.checked(_snapshot(row, taken(row), item, wishlist) | status, Sight.FULL)


def snapshot_of_contributed(row: Row, item: ItemFacts, wishlist: Wishlist) -> Row:
    """Return the snapshot of the item or pot that the money is for. It has no state of giving, so that is empty."""
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
    """Return the empty value of the same type: numbers, lists and flags are never null in the API."""
    if isinstance(value, Money):
        return NO_MONEY
    return type(value)() if isinstance(value, bool | int | list) else None

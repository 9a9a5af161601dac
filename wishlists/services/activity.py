"""Write the log of a list, one row per action."""

from __future__ import annotations

from typing import Any

from wishlists.access.activity_kinds import circle_of
from wishlists.models import Activity, Item, Wishlist
from wishlists.models.viewers import Viewer


def record(*, wishlist: Wishlist, kind: str, by: Viewer, item: Item | None = None, **detail: Any) -> Activity:
    """Add a row. Its kind decides who may read it (access/activity_kinds.py), so callers can't get that wrong."""
    row = log_row(wishlist=wishlist, kind=kind, by=by, item=item, **detail)
    row.save(force_insert=True)
    return row


def log_row(
    *, wishlist: Wishlist, kind: str, by: Viewer, item: Item | None = None, **detail: Any
) -> Activity:
    """Return the row that `record` would add, for a verb that saves it together with others."""
    return Activity(
        wishlist=wishlist,
        item=item,
        user=by.user,
        guest=by.guest,
        kind=kind,
        circle=circle_of(kind, item),
        detail=detail,
    )

"""Writing the log: one row an action."""

from __future__ import annotations

from typing import Any

from wishlists.audience import Viewer
from wishlists.models import Activity, Item, Wishlist

GIVERS_ONLY = frozenset(
    {
        "item_reserved", "item_purchased", "reservation_released", "reservation_changed",
        "item_offered", "waiting_started", "waiting_ended", "reservation_nudged", "reservation_lapsed",
        "contribution_added", "contribution_changed", "contribution_withdrawn",
        "collection_opened", "collection_changed", "collection_handed_over", "collection_ended",
        "collection_reached", "collection_missed", "denied_not_holder", "guest_confirmed",
    }
)  # fmt: skip
"""Kinds that tell of giving: recipients never read them before reveal."""


def record(*, wishlist: Wishlist, kind: str, by: Viewer, item: Item | None = None, **detail: Any) -> Activity:
    """Add a row. Who may read it follows from the kind, and from whether the item is a secret, so that no caller can
    get it wrong."""
    circle = Activity.Circle.EVERYONE
    if kind in GIVERS_ONLY:
        circle = Activity.Circle.GIVERS
    elif kind.startswith(("moderation_", "denied_")):
        circle = Activity.Circle.MODERATORS
    elif item is not None and item.is_secret:
        circle = Activity.Circle.GIVERS
    return Activity.objects.create(
        wishlist=wishlist, item=item, user=by.user, guest=by.guest, kind=kind, circle=circle, detail=detail
    )

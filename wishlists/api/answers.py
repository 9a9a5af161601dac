"""Responses about one item: its current state, as the user who made the request may see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.db.change import is_held
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item
from wishlists.projections.items import project_item, project_one, read_held_items
from wishlists.projections.rows import Row
from wishlists.refusals import ItemTaken


def item_as_seen(item: Item, viewpoint: Viewpoint) -> Row:
    """Read the item again and project it for the viewer. Works for withdrawn items, too.

    At the end of a change, events need the same projection, so it is read once for both.
    """
    wishlist, sight = viewpoint.wishlist, viewpoint.sight
    if is_held(item) and sight.sees_giving:
        return project_item(read_held_items([item.pk])[0], wishlist, sight)
    return project_one(item.pk, wishlist, sight)


def conflict(item: Item, viewpoint: Viewpoint) -> ItemTaken:
    """Return the refusal of a lost reservation with the current item. Call it after the refused transaction was rolled
    back.
    """
    return ItemTaken(current_item=item_as_seen(item, viewpoint))


@contextmanager
def explaining_conflicts(item: Item, viewpoint: Viewpoint) -> Iterator[None]:
    """Turn refusals inside the block into `conflict`. Wrap it around the whole transaction."""
    try:
        yield
    except ItemTaken as lost:
        raise conflict(item, viewpoint) from lost

"""What answers about one thing carry: as it now is, as the one who asked may see it."""

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
    """Read anew, also when it was withdrawn meanwhile.

    Asked at the end of a change, this is what the sockets are told too, and read once for both.
    """
    wishlist, sight = viewpoint.wishlist, viewpoint.sight
    if is_held(item) and sight.sees_giving:
        return project_item(read_held_items([item.pk])[0], wishlist, sight)
    return project_one(item.pk, wishlist, sight)


def conflict(item: Item, viewpoint: Viewpoint) -> ItemTaken:
    """A lost reservation says what is there now: make it after the change that was refused."""
    return ItemTaken(current_item=item_as_seen(item, viewpoint))


@contextmanager
def explaining_conflicts(item: Item, viewpoint: Viewpoint) -> Iterator[None]:
    """`conflict` for whatever is refused within. Wrap it around the whole change."""
    try:
        yield
    except ItemTaken as lost:
        raise conflict(item, viewpoint) from lost

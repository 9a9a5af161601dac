"""What answers about one thing carry: as it now is, as the one who asked may see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.db.change import is_held
from wishlists.access.audience import audience_of, sight_of
from wishlists.models import Item
from wishlists.models.viewers import Viewer
from wishlists.projections.items import project_item, project_one, read_held_items
from wishlists.projections.rows import Row
from wishlists.refusals import ItemTaken


def item_as_seen(item: Item, viewer: Viewer) -> Row:
    """Read anew, also when it was withdrawn meanwhile. `item.wishlist` comes from `.for_viewer(viewer.user)`.

    Asked at the end of a change, this is what the sockets are told too, and read once for both.
    """
    wishlist = item.wishlist
    sight = sight_of(audience_of(viewer, wishlist), wishlist)
    if is_held(item) and sight.sees_giving:
        return project_item(read_held_items([item.pk])[0], wishlist, sight)
    return project_one(item.pk, wishlist, sight)


def conflict(item: Item, viewer: Viewer) -> ItemTaken:
    """A lost reservation says what is there now: make it after the change that was refused."""
    return ItemTaken(current_item=item_as_seen(item, viewer))


@contextmanager
def explaining_conflicts(item: Item, viewer: Viewer) -> Iterator[None]:
    """`conflict` for whatever is refused within. Wrap it around the whole change."""
    try:
        yield
    except ItemTaken as lost:
        raise conflict(item, viewer) from lost

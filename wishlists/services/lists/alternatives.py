"""Alternatives, "one of these": items of one list with the same `choice`. Taking one closes the others to new givers.

Nothing is stored of being closed. It follows, under the list's lock, from what is taken of the others, so that whatever
recipients do to a group always works: those who hold something of it keep it, and only new givers find it closed.
"""

from __future__ import annotations

from uuid import uuid4

from core.db.change import change
from wishlists.models import Item
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item
from wishlists.services.locking import lock_wishlist


@change()
def group_item(*, item: Item, by: Viewer, other: Item | None) -> Item:
    """Make `item` an alternative of `other` and of all that `other` is one of; of nothing any more, if None.

    `other` is of the same list, and both come ready for services.
    """
    lock_wishlist(item.wishlist)
    if other is None:
        return edit_item(item=item, by=by, choice=None)
    if other.choice is None:
        other = edit_item(item=other, by=by, choice=uuid4())
    return edit_item(item=item, by=by, choice=other.choice)

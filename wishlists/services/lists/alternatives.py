"""Alternatives, "one of these": items of one list with the same `choice`. If one is reserved, the others are closed to
new givers.

Whether an item is closed is not stored. It is computed from what is taken of the others, under the list's lock. So
recipients can always change a group: givers keep what they reserved, and only new givers find the item closed.
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
    """Make `item` an alternative of `other` and of the alternatives of `other`. None takes `item` out of its group.

    Both items must be of the same list, and have it loaded.
    """
    lock_wishlist(item.wishlist)
    if other is None:
        return edit_item(item=item, by=by, choice=None)
    if other.choice is None:
        other = edit_item(item=other, by=by, choice=uuid4())
    return edit_item(item=item, by=by, choice=other.choice)

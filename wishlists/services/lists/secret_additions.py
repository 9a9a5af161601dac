"""Secret additions: wishes that a giver adds for givers. Recipients learn of them at the reveal, the public never.

They fill no list, move no place and are in no number that recipients or the public see (wishlists/models/items.py).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from core.db.change import change
from wishlists.access.audience import sight_of
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.refusals import ListFull, NoSecretsAdded
from wishlists.services.activity import record
from wishlists.services.lists.items import EDITING_ROLES, MAX_SECRETS, write_item
from wishlists.services.locking import lock_wishlist_for_giver


@change()
def add_secret_item(*, wishlist: Wishlist, by: Viewer, **fields: Any) -> Item:
    """A wish for givers alone, after all that givers see unless `position` is given."""
    current = lock_wishlist_for_giver(wishlist)
    if not may_add_in_secret(current):
        raise NoSecretsAdded
    there = current.items.live()
    if there.filter(is_secret=True).count() >= MAX_SECRETS:
        raise ListFull
    last = there.aggregate(last=Max("position"))["last"]
    fields = {"position": 0 if last is None else last + 1} | fields
    item = write_item(wishlist=current, by=by, is_secret=True, **fields)
    record(wishlist=current, kind="secret_item_added", by=by, item=item)
    return item


def may_add_in_secret(wishlist: Wishlist) -> bool:
    """By whom the owner says, and only where there is somebody who may not know. `wishlist` comes from `.for_viewer`."""
    if wishlist.i_am_recipient or sight_of(Audience.RECIPIENT, wishlist).sees_secrets:
        return False
    if wishlist.secret_additions == Wishlist.Additions.EDITORS:
        return wishlist.my_role in EDITING_ROLES
    return wishlist.my_role is not None and wishlist.secret_additions == Wishlist.Additions.GIVERS

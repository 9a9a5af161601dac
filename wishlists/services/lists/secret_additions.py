"""Secret additions: wishes that a giver adds for givers. Recipients learn of them at the reveal, the public never.

They fill no list, move no place and are in no number that recipients or the public see (wishlists/models/items.py).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from core.db.change import change
from wishlists.access.audience import sight_of
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.refusals import ListFull, NoSecretsAdded
from wishlists.services.activity import record
from wishlists.services.lists.items import MAX_SECRETS, write_item
from wishlists.services.locking import lock_wishlist_as


@change()
def add_secret_item(*, wishlist: Wishlist, by: Viewer, **fields: Any) -> Item:
    """A wish for givers alone, after all that givers see unless `position` is given."""
    viewpoint = lock_wishlist_as(by, wishlist).require_giver()
    if not may_add_in_secret(viewpoint):
        raise NoSecretsAdded
    current = viewpoint.wishlist
    there = current.items.live()
    if there.filter(is_secret=True).count() >= MAX_SECRETS:
        raise ListFull
    last = there.aggregate(last=Max("position"))["last"]
    fields = {"position": 0 if last is None else last + 1} | fields
    item = write_item(wishlist=current, by=by, is_secret=True, **fields)
    record(wishlist=current, kind="secret_item_added", by=by, item=item)
    return item


def may_add_in_secret(viewpoint: Viewpoint) -> bool:
    """Those of whom the owner says so, and only where there is somebody who may not know."""
    wishlist = viewpoint.wishlist
    if viewpoint.is_recipient or sight_of(Audience.RECIPIENT, wishlist).sees_secrets:
        return False
    if wishlist.secret_additions == Wishlist.Additions.EDITORS:
        return viewpoint.is_editor
    return viewpoint.is_member and wishlist.secret_additions == Wishlist.Additions.GIVERS

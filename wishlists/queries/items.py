"""Items and their lists, found for whoever asks. What they may not know of is not there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import prepared
from wishlists.access.viewpoint import Viewpoint, viewpoint_on
from wishlists.models import Item
from wishlists.models.items import ItemQuerySet
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchItem


def visible_item(user: User, item_id: UUID, wishlist_id: UUID | None = None) -> tuple[Item, Viewpoint]:
    """What `user` may open by its id. Where the address names a list, it must be that item's."""
    asked = {"item_id": item_id, "wishlist_id": wishlist_id, "user_id": user.pk, "tenant_id": user.tenant_id}
    for found in _visible(**asked):
        return found, viewpoint_on(Viewer(user=user), found)
    raise NoSuchItem


def item_at(viewer: Viewer, item_id: UUID) -> tuple[Item, Viewpoint]:
    """An item that is known to be there, whether or not `viewer` may open it by its id, and also when it was removed."""
    found = Item.objects.for_viewer(viewer.user).get(pk=item_id)
    return found, viewpoint_on(viewer, found)


def shown_to(
    *, item_id: UUID, wishlist_id: UUID | None, user_id: UUID, tenant_id: UUID | None
) -> ItemQuerySet:
    """The one item, if that user may open it, with what `viewpoint_on` reads."""
    user = User(pk=user_id, tenant_id=tenant_id)
    rows = Item.objects.visible_to(user).for_viewer(user).filter(pk=item_id)
    return rows if wishlist_id is None else rows.filter(wishlist_id=wishlist_id)


@prepared
def _visible(**asked: Any) -> QuerySet[Item]:
    return shown_to(**asked)

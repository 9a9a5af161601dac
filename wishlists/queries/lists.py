"""Lists, found for whoever asks. One that they may not know of is not there: existence is a secret too."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import prepared
from wishlists.access.viewpoint import Viewpoint, viewpoint_of
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchList


def visible_list(user: User, wishlist_id: UUID, *, with_owner: bool = False) -> Viewpoint:
    """What `user` may open by its id; pages name its owner, too."""
    rows = _visible(wishlist_id=wishlist_id, user_id=user.pk, tenant_id=user.tenant_id, with_owner=with_owner)
    for found in rows:
        return viewpoint_of(Viewer(user=user), found)
    raise NoSuchList


def list_at(viewer: Viewer, wishlist_id: UUID) -> Viewpoint:
    """Of a list that is known to be there, whether or not `viewer` may open it by its id, and also when it was removed."""
    rows = Wishlist.objects.for_viewer(viewer.user).select_related("owner")
    return viewpoint_of(viewer, rows.get(pk=wishlist_id))


@prepared
def _visible(
    *, wishlist_id: UUID, user_id: UUID, tenant_id: UUID | None, with_owner: bool
) -> QuerySet[Wishlist]:
    user = User(pk=user_id, tenant_id=tenant_id)
    rows = Wishlist.objects.visible_to(user).for_viewer(user).filter(pk=wishlist_id)
    return rows.select_related("owner") if with_owner else rows

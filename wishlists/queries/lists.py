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


def visible_list(user: User, wishlist_id: UUID) -> Viewpoint:
    """What `user` may open by its id."""
    for found in _visible(wishlist_id=wishlist_id, user_id=user.pk, tenant_id=user.tenant_id):
        return viewpoint_of(Viewer(user=user), found)
    raise NoSuchList


def list_at(viewer: Viewer, wishlist_id: UUID) -> Viewpoint:
    """Of a list that is known to be there, whether or not `viewer` may open it by its id, and also when it was removed."""
    rows = Wishlist.objects.for_viewer(viewer.user).select_related("owner")
    return viewpoint_of(viewer, rows.get(pk=wishlist_id))


@prepared
def _visible(*, wishlist_id: UUID, user_id: UUID, tenant_id: UUID | None) -> QuerySet[Wishlist]:
    user = User(pk=user_id, tenant_id=tenant_id)
    return Wishlist.objects.visible_to(user).for_viewer(user).select_related("owner").filter(pk=wishlist_id)

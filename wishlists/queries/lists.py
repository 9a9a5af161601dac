"""Find lists for a viewer. Lists that the viewer may not know about raise the same error as lists that don't exist."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import prepared
from wishlists.access.viewpoint import Viewpoint, viewpoint_of
from wishlists.models import Wishlist
from wishlists.models.lists import WishlistQuerySet
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchList


def visible_list(user: User, wishlist_id: UUID, *, with_owner: bool = False) -> Viewpoint:
    """Return the viewpoint of `user` on a list that they may open by its id. `with_owner` also selects the owner, whom
    pages name.

    Raises `NoSuchList`.
    """
    rows = _visible(wishlist_id=wishlist_id, user_id=user.pk, tenant_id=user.tenant_id, with_owner=with_owner)
    for found in rows:
        return viewpoint_of(Viewer(user=user), found)
    raise NoSuchList


def list_at(viewer: Viewer, wishlist_id: UUID) -> Viewpoint:
    """Return the viewpoint of `viewer` on a list that is known to exist. Does not check access, and finds removed lists
    too.
    """
    rows = Wishlist.objects.for_viewer(viewer.user).select_related("owner")
    return viewpoint_of(viewer, rows.get(pk=wishlist_id))


def lists_of(user: User) -> WishlistQuerySet:
    """Select the lists of `user` and those shared with them, with counts, in their order."""
    return Wishlist.objects.shared_with(user).with_counts().own_first(user)


def counted_lists(viewer: Viewer) -> list[Viewpoint]:
    """Return the viewpoint of `viewer` on each of these lists, by one statement."""
    user = viewer.user
    rows = _counted(user_id=user.pk, tenant_id=user.tenant_id) if user else []
    return [viewpoint_of(viewer, row) for row in rows]


_NOT_SHOWN = ("tenant", "shared_at", "hidden_at", "removed_at")
"""Columns that cost time to read for each list, and that nobody is shown."""


@prepared
def _counted(*, user_id: UUID, tenant_id: UUID | None) -> QuerySet[Wishlist]:
    user = User(pk=user_id, tenant_id=tenant_id)
    return lists_of(user).for_viewer(user).defer(*_NOT_SHOWN)


@prepared
def _visible(
    *, wishlist_id: UUID, user_id: UUID, tenant_id: UUID | None, with_owner: bool
) -> QuerySet[Wishlist]:
    user = User(pk=user_id, tenant_id=tenant_id)
    rows = Wishlist.objects.visible_to(user).for_viewer(user).filter(pk=wishlist_id)
    return rows.select_related("owner") if with_owner else rows

"""Find the link or the guest that a token names.

A valid token names a row. Whether that row still gives access is up to the caller to check.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import prepared
from core.http.signed_ids import read_signed_id
from sharing.access.capabilities import Purpose, guest_named
from sharing.models import PublicLink
from wishlists.access.viewpoint import Viewpoint, viewpoint_of
from wishlists.models import Guest, Wishlist
from wishlists.models.viewers import Viewer


def link_of(token: str) -> PublicLink | None:
    """Return the link that `token` names, with its list, even if it was revoked, has expired or is used up."""
    pk = read_signed_id(Purpose.LINK, token)
    return next(iter(_links(link_id=pk)), None) if pk else None


def viewpoint_by(link: PublicLink, viewer: Viewer) -> Viewpoint:
    """Return the viewpoint of `viewer` on the list of `link`. Viewers without an account need no query."""
    if viewer.user is None:
        return Viewpoint(viewer, link.wishlist)
    [found] = _seen_by(wishlist_id=link.wishlist_id, user_id=viewer.user.pk)
    return viewpoint_of(viewer, found)


def guest_of(token: str, wishlist: Wishlist) -> Guest | None:
    """Return the guest of `wishlist` whom `token` names. None for a guest of another list."""
    pk = guest_named(token)
    return next(iter(_guests(guest_id=pk, wishlist_id=wishlist.pk)), None) if pk else None


def guest_holding(token: str) -> Guest | None:
    """Return the guest whom `token` names, with their list, whatever list that is."""
    pk = guest_named(token)
    return Guest.objects.select_related("wishlist").filter(pk=pk).first() if pk else None


@prepared
def _links(*, link_id: UUID) -> QuerySet[PublicLink]:
    return PublicLink.objects.with_closed().select_related("wishlist__owner").filter(pk=link_id)


@prepared
def _seen_by(*, wishlist_id: UUID, user_id: UUID) -> QuerySet[Wishlist]:
    return Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)


@prepared
def _guests(*, guest_id: UUID, wishlist_id: UUID) -> QuerySet[Guest]:
    return Guest.objects.filter(pk=guest_id, wishlist_id=wishlist_id)

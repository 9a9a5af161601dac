"""What tokens name: links with their lists, and guests. A token that reads well names a row; whether that row still opens
doors is asked of the row."""

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
    """The link that `token` names, with its list; also when it was revoked, has expired or is used up."""
    pk = read_signed_id(Purpose.LINK, token)
    return next(iter(_links(link_id=pk)), None) if pk else None


def viewpoint_by(link: PublicLink, viewer: Viewer) -> Viewpoint:
    """What `viewer` is on the list of `link`. Without an account there is nothing to look up."""
    if viewer.user is None:
        return Viewpoint(viewer, link.wishlist)
    [found] = _seen_by(wishlist_id=link.wishlist_id, user_id=viewer.user.pk)
    return viewpoint_of(viewer, found)


def guest_of(token: str, wishlist: Wishlist) -> Guest | None:
    """The guest of `wishlist` whom `token` names; a guest of another list is nobody here."""
    pk = guest_named(token)
    return next(iter(_guests(guest_id=pk, wishlist_id=wishlist.pk)), None) if pk else None


def guest_holding(token: str) -> Guest | None:
    """Whoever `token` names, of whatever list; it comes along."""
    pk = guest_named(token)
    return Guest.objects.select_related("wishlist").filter(pk=pk).first() if pk else None


@prepared
def _links(*, link_id: UUID) -> QuerySet[PublicLink]:
    return PublicLink.objects.select_related("wishlist").filter(pk=link_id)


@prepared
def _seen_by(*, wishlist_id: UUID, user_id: UUID) -> QuerySet[Wishlist]:
    return Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)


@prepared
def _guests(*, guest_id: UUID, wishlist_id: UUID) -> QuerySet[Guest]:
    return Guest.objects.filter(pk=guest_id, wishlist_id=wishlist_id)

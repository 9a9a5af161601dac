"""One statement that says whether a link works, and which revision its list has for those who come by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import prepared
from sharing.models import PublicLink
from wishlists.access.viewpoint import Viewpoint, viewpoint_of
from wishlists.models import Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.queries.revisions import take_revision, with_revisions
from wishlists.queries.unchanged import Seen

_STRANGERS = (Audience.PUBLIC, Audience.VISITOR)
_USERS = (Audience.RECIPIENT, Audience.PUBLIC)
"""The audiences of people who come by a link: without an account, and with one."""


class RevisedLink(NamedTuple):
    """A link in whatever state, with what its list is for a viewer."""

    link: PublicLink
    viewpoint: Viewpoint
    revisions: Mapping[Audience, str]

    def seen_from(self, viewpoint: Viewpoint) -> Seen:
        """Return the list with its revision. The viewer may be a guest who has said who they are."""
        return Seen(viewpoint, self.revisions[viewpoint.audience])


def read_link(link_id: UUID, user: User | None = None) -> RevisedLink | None:
    """Return the link with its list and revisions, or None if there is none. Does not check whether it still works.
    People with an account take a statement more.
    """
    viewer = Viewer(user=user, by_link=True)
    for link in _links(link_id=link_id):
        if user is None:
            revisions = {audience: take_revision(link, audience) for audience in _STRANGERS}
            return RevisedLink(link, Viewpoint(viewer, link.wishlist), revisions)
        [row] = _seen_by(wishlist_id=link.wishlist_id, user_id=user.pk)
        revisions = {audience: take_revision(row, audience) for audience in _USERS}
        return RevisedLink(link, viewpoint_of(viewer, row), revisions)
    return None


@prepared
def _links(*, link_id: UUID) -> QuerySet[PublicLink]:
    rows = PublicLink.objects.with_closed().select_related("wishlist").filter(pk=link_id)
    return with_revisions(rows, "wishlist_id", _STRANGERS)


@prepared
def _seen_by(*, wishlist_id: UUID, user_id: UUID) -> QuerySet[Wishlist]:
    rows = Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)
    return with_revisions(rows, "pk", _USERS)

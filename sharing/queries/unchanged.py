"""One statement that says whether a link works, and which revision its list has for those who come by it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from core.db.prepared import prepared
from sharing.models import PublicLink
from wishlists.access.viewpoint import Viewpoint
from wishlists.models.viewers import Audience, Viewer
from wishlists.queries.revisions import take_revision, with_revisions
from wishlists.queries.unchanged import Seen

_AUDIENCES = (Audience.PUBLIC, Audience.VISITOR)
"""Those that people belong to who have no account and gave no name."""


class SeenByLink(NamedTuple):
    """A link in whatever state, and what strangers would see by it."""

    link: PublicLink
    seen: Seen


def seen_by_strangers(link_id: UUID) -> SeenByLink | None:
    """Return the link with its list and its revision, or None if there is none. Does not check whether it still works."""
    for link in _with_revisions(link_id=link_id):
        viewpoint = Viewpoint(Viewer(by_link=True), link.wishlist)
        return SeenByLink(link, Seen(viewpoint, take_revision(link, viewpoint.audience)))
    return None


@prepared
def _with_revisions(*, link_id: UUID) -> QuerySet[PublicLink]:
    rows = PublicLink.objects.select_related("wishlist").filter(pk=link_id)
    return with_revisions(rows, "wishlist_id", _AUDIENCES)

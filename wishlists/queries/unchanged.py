"""One statement that says who asks, whether they may see the list, and which revision it has for them (docs/unchanged.md).

It finds what the full path finds with three: the log-in of the token, the list that its user may open, and the revision.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet, Subquery

from accounts.models import User
from accounts.queries.sessions import asking
from core.db.prepared import prepared
from wishlists.access.viewpoint import Viewpoint, viewpoint_of
from wishlists.models import Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.queries.revisions import take_revision, with_revisions

_AUDIENCES = (Audience.RECIPIENT, Audience.GIVER, Audience.PUBLIC)
"""Those that users belong to who do not come by a link."""


_DECIDING = ("policy", "revealed_at", "names_shown", "guests_identify", "guests_confirm")
"""The columns of a list that decide who sees what. Others would be read when they are asked for, by a statement more."""


class Seen(NamedTuple):
    """A list as somebody may see it, and its revision for them."""

    viewpoint: Viewpoint
    revision: str


def visible_to_session(
    session_id: UUID, user_id: UUID, wishlist_id: UUID, *, whole: bool = False
) -> Seen | None:
    """Return what the user of this log-in sees, or None if the log-in has ended or they may not open the list. Only with
    `whole` are all columns of the list read.
    """
    rows = _visible_to_session(session_id=session_id, user_id=user_id, wishlist_id=wishlist_id, whole=whole)
    return _seen(_somebody(), rows)


def visible_with_revision(user: User, wishlist_id: UUID) -> Seen | None:
    """Return the same for a user who is known to be logged in."""
    rows = _visible_with_revision(user_id=user.pk, tenant_id=user.tenant_id, wishlist_id=wishlist_id)
    return _seen(user, rows)


def _seen(user: User, rows: list[Wishlist]) -> Seen | None:
    for row in rows:
        viewpoint = viewpoint_of(Viewer(user=user), row)
        return Seen(viewpoint, take_revision(row, viewpoint.audience))
    return None


@cache
def _somebody() -> User:
    """A user. The statement has decided for whom it answers, and a viewpoint only has to know that it is somebody."""
    return User()


@prepared
def _visible_to_session(
    *, session_id: UUID, user_id: UUID, wishlist_id: UUID, whole: bool
) -> QuerySet[Wishlist]:
    # Without a live log-in there is no tenant, and nothing is equal to that.
    tenant: Any = Subquery(asking(session_id, user_id).values("user__tenant"))
    rows = _visible(User(pk=user_id, tenant_id=tenant), wishlist_id)
    return rows if whole else rows.only(*_DECIDING)


@prepared
def _visible_with_revision(*, user_id: UUID, tenant_id: UUID | None, wishlist_id: UUID) -> QuerySet[Wishlist]:
    return _visible(User(pk=user_id, tenant_id=tenant_id), wishlist_id)


def _visible(user: User, wishlist_id: UUID) -> QuerySet[Wishlist]:
    rows = Wishlist.objects.visible_to(user).for_viewer(user).filter(pk=wishlist_id)
    return with_revisions(rows, "pk", _AUDIENCES)

"""Who is on a list, as everybody on it may know: names and roles, never an address, and nothing of giving."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, IntegerField, QuerySet, Value, When

from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Member
from wishlists.projections.rows import Row


def members_for(viewpoint: Viewpoint) -> QuerySet[Member]:
    """The people on it, the owner first; for one of them."""
    wishlist = viewpoint.require_member().wishlist
    owner_first = Case(
        When(role=Member.Role.OWNER, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    people = wishlist.members.live().filter(user__is_active=True).select_related("user")
    return people.order_by(owner_first, "created_at", "pk")


def project_members(members: Iterable[Member]) -> list[Row]:
    return [
        {
            "wishlist_id": member.wishlist_id,
            "user_id": member.user_id,
            "display_name": member.user.display_name,
            "avatar_url": member.user.avatar_url or None,
            "role": member.role,
            "is_recipient": member.is_recipient,
            "created_at": member.created_at,
        }
        for member in members
    ]

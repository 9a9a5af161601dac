"""Find out which roles groups give to their people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import F

from wishlists.models import GroupShare, Member

STRENGTH = (Member.Role.VIEWER, Member.Role.EDITOR, Member.Role.OWNER)
"""The roles, the weakest first."""

RolesByGroups = defaultdict[UUID, dict[UUID, str]]


def strongest(roles: Iterable[str]) -> str:
    return max(roles, key=lambda role: STRENGTH.index(Member.Role(role)))


def roles_by_groups(wishlists: Collection[UUID], people: Collection[UUID]) -> RolesByGroups:
    """Return the strongest role that groups give to each of `people`, by list and person, in one statement.

    People who have moved to another tenant get nothing (G21).
    """
    rows = GroupShare.objects.live().filter(
        wishlist__in=wishlists,
        group__members__user__in=people,
        group__members__user__tenant=F("wishlist__tenant"),
    )
    roles: RolesByGroups = defaultdict(dict)
    for wishlist_id, user_id, role in rows.values_list("wishlist_id", "group__members__user_id", "role"):
        before = roles[wishlist_id].get(user_id, role)
        roles[wishlist_id][user_id] = strongest([before, role])
    return roles

"""Find out which roles groups give to their people, and which lists are shared with a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import F

from accounts.models import Group, User
from wishlists.models import GroupShare, Member, Wishlist
from wishlists.models.lists import WishlistQuerySet

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


def lists_of_group(group: Group, user: User) -> WishlistQuerySet:
    """Select the lists that are shared with a group, by title, for one of its people."""
    shared = group.list_shares.values("wishlist")
    return (
        Wishlist.objects.shared_with(user)
        .filter(pk__in=shared)
        .select_related("owner")
        .order_by("title", "id")
    )

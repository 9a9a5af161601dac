"""Find out which roles groups give to their people, and which lists are shared with a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import F

from accounts.models import Group, GroupMember, User
from wishlists.models import GroupShare, Member, Wishlist
from wishlists.models.lists import WishlistQuerySet

STRENGTH = (Member.Role.VIEWER, Member.Role.EDITOR, Member.Role.OWNER)
"""The roles, the weakest first."""

RolesByGroups = defaultdict[UUID, dict[UUID, str]]


def strongest(roles: Iterable[str]) -> str:
    return max(roles, key=lambda role: STRENGTH.index(Member.Role(role)))


def roles_by_groups(wishlists: Collection[UUID], people: Collection[UUID]) -> RolesByGroups:
    """Return the strongest role that groups give to each of `people`, by list and person, in two statements.

    People who have moved to another tenant get nothing (G21).
    """
    lists: defaultdict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    shares = GroupShare.objects.live().filter(wishlist__in=wishlists)
    for group_id, wishlist_id, role in shares.values_list("group_id", "wishlist_id", "role"):
        lists[group_id].append((wishlist_id, role))
    roles: RolesByGroups = defaultdict(dict)
    if not lists:
        return roles
    # Not one statement: without statistics, PostgreSQL may join all people of all groups.
    places = GroupMember.objects.filter(group__in=lists, user__in=people, user__tenant=F("group__tenant"))
    for group_id, user_id in places.values_list("group_id", "user_id"):
        for wishlist_id, role in lists[group_id]:
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

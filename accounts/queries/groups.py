"""Find groups for one of their members. Other people's groups are not found."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch

from accounts.models import Group, GroupMember, GroupQuerySet, User
from accounts.refusals import NoSuchGroup


def groups_of(user: User) -> GroupQuerySet:
    """Select the groups of `user` by name, with their people: two statements, whatever their number."""
    return with_people(Group.objects.of(user).order_by("name", "id"))


def group_of(user: User, group_id: UUID) -> Group:
    """Return a group of `user` with its people. Raises `NoSuchGroup`."""
    for found in with_people(Group.objects.of(user).filter(pk=group_id)):
        return found
    raise NoSuchGroup


def with_people(groups: GroupQuerySet) -> GroupQuerySet:
    people = GroupMember.objects.filter(user__is_active=True).select_related("user")
    return groups.prefetch_related(Prefetch("members", people.order_by("created_at", "id")))


def place_of(group: Group, user: User) -> GroupMember | None:
    """Return the place of `user` among the people of a group that was read with them."""
    people: Iterable[GroupMember] = group.members.all()
    return next((one for one in people if one.user_id == user.pk), None)

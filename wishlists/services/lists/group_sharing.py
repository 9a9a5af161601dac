"""Share lists with groups, and keep the members of a list in step with the people of its groups (docs/groups.md).

A person of a group is a member of the list like any other, with a row of their own. So nothing that reads a list knows
about groups. Here the rows are written, whenever a list is shared with a group or somebody joins or leaves one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils import timezone

from accounts.models import Group, User
from accounts.queries.groups import group_of
from accounts.services.groups import lock_group
from core.db.change import change
from core.db.saving import Insert, Save, Update, save_many
from core.limits.rate_limits import GROUP_SHARES, refuse_beyond
from wishlists.models import Activity, GroupShare, Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.group_places import RolesByGroups, roles_by_groups
from wishlists.refusals import NotSharedWithGroup, TooManyGroupsOnList, TooManyListsOfGroup
from wishlists.services.activity import log_row, record
from wishlists.services.lists.lists import mark_shared
from wishlists.services.lists.member_roles import ROLES, set_roles
from wishlists.services.lists.recipients import make_recipients
from wishlists.services.locking import lock_wishlist_as, lock_wishlists
from wishlists.services.notices.audience_notices import tell_shared

MOST_GROUPS_A_LIST = 100
MOST_LISTS_A_GROUP = 500
"""Who joins a group becomes a member of each of its lists, in one transaction."""


@change()
def share_with_group(*, wishlist: Wishlist, by: User, group_id: UUID, role: str) -> tuple[GroupShare, bool]:
    """Share a list with a group of `by`, or change the role of its people. Return the share, and whether it is new."""
    refuse_beyond(GROUP_SHARES, by.pk)
    # The group first, so that nobody joins or leaves it meanwhile without becoming a member of the list or losing it.
    group = lock_group(group_of(by, group_id))
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    share = GroupShare.objects.filter(wishlist=current, group=group).first()
    if share is not None and share.role == role:
        return share, False
    is_new = share is None
    if share is None:
        share = _begin(current, group, role)
        mark_shared(wishlist=current)
    else:
        share.role = role
        share.save(update_fields=["role"])
    kind = "group_added" if is_new else "group_role_changed"
    record(wishlist=current, kind=kind, by=Viewer(user=by), group=str(group.pk), role=role)
    _settle([current], _people_of(group), by=by, is_logged=False)
    return share, is_new


@change()
def stop_sharing_with_group(*, wishlist: Wishlist, by: User, group_id: UUID) -> None:
    """Stop sharing a list with a group. People who have no other place on the list lose it at once."""
    group = Group.objects.live().filter(pk=group_id).first()
    if group is None:
        raise NotSharedWithGroup
    group = lock_group(group)
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    share = GroupShare.objects.filter(wishlist=current, group=group).first()
    if share is None:
        raise NotSharedWithGroup
    share.delete()
    record(wishlist=current, kind="group_removed", by=Viewer(user=by), group=str(group.pk))
    _settle([current], _people_of(group), by=by, is_logged=False)


@change()
def follow_groups(*, groups: Collection[Group], user_ids: Collection[UUID], by: User) -> None:
    """Give these people, who joined or left `groups`, the places that are theirs now on the groups' lists."""
    shared = GroupShare.objects.filter(group__in=groups).values("wishlist")
    _settle(lock_wishlists(Wishlist.objects.filter(pk__in=shared)), user_ids, by=by, is_logged=True)


def _begin(wishlist: Wishlist, group: Group, role: str) -> GroupShare:
    if wishlist.group_shares.live().count() >= MOST_GROUPS_A_LIST:
        raise TooManyGroupsOnList
    if group.list_shares.count() >= MOST_LISTS_A_GROUP:
        raise TooManyListsOfGroup
    return GroupShare.objects.create(wishlist=wishlist, group=group, role=role)


def _people_of(group: Group) -> set[UUID]:
    return set(group.members.values_list("user_id", flat=True))


def _settle(lists: Collection[Wishlist], people: Collection[UUID], *, by: User, is_logged: bool) -> None:
    """Make each of `people` a member of each of `lists`, which are locked, or no longer, and with which role.

    What groups give is read after the lists were locked: it is what every change before this one has left. The number of
    statements doesn't depend on the number of lists and people, but for one for every hundred rows that are written.
    """
    if not lists or not people:
        return
    ids = [wishlist.pk for wishlist in lists]
    members = Member.objects.live().filter(wishlist__in=ids, user__in=people)
    there = {(member.wishlist_id, member.user_id): member for member in members}
    roles = roles_by_groups(ids, people)
    logged: list[Save] = []
    joined: list[Member] = []
    saves: list[Save] = []
    for wishlist in lists:
        for user_id in sorted(people):
            save, kind = _settled(wishlist, user_id, there.get((wishlist.pk, user_id)), roles, by)
            if save is None:
                continue
            saves.append(save)
            if kind == "member_joined":
                joined.append(save.row)  # type: ignore[arg-type]
            if is_logged:
                logged.append(Insert(_log(wishlist, kind, user_id, by)))
    save_many([*saves, *logged])
    if joined:
        _welcome(lists, joined, by=by, is_told=not is_logged)


def _settled(
    wishlist: Wishlist, user_id: UUID, member: Member | None, roles: RolesByGroups, by: User
) -> tuple[Save | None, str]:
    """Return what must be saved, if anything, and the kind of the row of the log."""
    by_groups = roles[wishlist.pk].get(user_id)
    if member is None:
        if by_groups is None or user_id == wishlist.owner_id:
            return None, ""
        member = Member(wishlist=wishlist, user_id=user_id, role=by_groups, role_without_groups="")
        return Insert(member), "member_joined"
    if member.role == Member.Role.OWNER:
        return None, ""
    if by_groups is None and member.own_role is None:
        member.removed_at, member.removed_by = timezone.now(), by
        left = "member_left" if user_id == by.pk else "member_removed"
        return Update(member, ("removed_at", "removed_by")), left
    if set_roles(member, own=member.own_role, by_groups=by_groups):
        return Update(member, ROLES), "member_role_changed"
    return None, ""


def _log(wishlist: Wishlist, kind: str, user_id: UUID, by: User) -> Activity:
    return log_row(wishlist=wishlist, kind=kind, by=Viewer(user=by), person=str(user_id))


def _welcome(lists: Iterable[Wishlist], joined: Collection[Member], *, by: User, is_told: bool) -> None:
    """Make former recipients recipients again, and notify the new members unless they are told about their group."""
    people = User.objects.in_bulk({member.user_id for member in joined})
    before = Member.objects.filter(wishlist__in=lists, user__in=people, is_recipient=True)
    recipients = set(before.values_list("wishlist_id", "user_id"))
    for wishlist in lists:
        new = [member for member in joined if member.wishlist_id == wishlist.pk]
        for member in new:
            member.user = people[member.user_id]
        was = [member for member in new if (wishlist.pk, member.user_id) in recipients]
        if was:
            make_recipients(wishlist=wishlist, members=was, by=by, are_new=True)
        if is_told and wishlist.hidden_at is None:
            tell_shared(wishlist=wishlist, people=[member.user for member in new], by=by)

"""Create, change and leave groups of people.

Whatever is shared with a group follows its people: `group_changed` is sent inside the change, while the group is locked.
So the order of locks is: the group, then what is shared with it (docs/groups.md).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountActivity, Group, GroupMember, User
from accounts.projections.notice_payloads import declare_payload
from accounts.refusals import (
    GroupAdminsOnly,
    GroupFull,
    LastGroupAdmin,
    NobodyToAdd,
    NoLongerInGroup,
    NoSuchGroup,
    NotInGroup,
    TooManyGroups,
)
from accounts.services.account_log import record_account
from accounts.services.addressed_people import person_with_address
from accounts.services.inbox import notify
from accounts.signals import group_changed
from core.db.change import change, lock
from core.limits.rate_limits import GROUPS, SHARES, refuse_beyond

Kind, Role = AccountActivity.Kind, GroupMember.Role

MOST_MEMBERS = 200
"""People in one group. Sharing a list with a group writes a row for each of them."""
MOST_GROUPS = 100
"""Groups that one person is in."""

declare_payload("group_joined", "group_id", "group_name")
declare_payload("group_invitation_accepted", "group_id", "group_name", "name")


@change()
def create_group(*, by: User, name: str) -> Group:
    """Create a group whose only member, an admin, is `by`."""
    refuse_beyond(GROUPS, by.pk)
    group = Group.objects.create(tenant=by.tenant, name=name)
    let_into_group(group=group, user=by, role=Role.ADMIN, by=by)
    return group


@change()
def rename_group(*, group: Group, by: User, name: str) -> Group:
    current = _lock_as_admin(group, by)
    if current.name != name:
        current.name = name
        current.save(update_fields=["name"])
    return current


@change()
def remove_group(*, group: Group, by: User) -> None:
    """Remove a group. Its people lose what they had only through it."""
    current = _lock_as_admin(group, by)
    people = {place.user_id: place for place in current.members.select_related("user")}
    _close(current)
    for place in people.values():
        _log(place, Kind.GROUP_LEFT, by)
    group_changed.send(sender=Group, groups=[current], user_ids=set(people), by=by)


@change()
def add_to_group(*, group: Group, by: User, email: str, role: str) -> tuple[GroupMember, bool]:
    """Add the person with that address, or change their role. Return their place, and whether it is new."""
    current = _lock_as_admin(group, by)
    refuse_beyond(SHARES, by.pk)
    person = person_with_address(email, tenant_id=current.tenant_id, by=by)
    if person is None:
        raise NobodyToAdd
    if current.members.filter(user=person).exists():
        return change_group_role(group=current, by=by, user_id=person.pk, role=role), False
    return let_into_group(group=current, user=person, role=role, by=by), True


@change()
def let_into_group(*, group: Group, user: User, role: str, by: User) -> GroupMember:
    """Add a person of the group's tenant without checking who may. Somebody who is in the group keeps their role."""
    current = lock_group(group)
    place = current.members.filter(user=user).first()
    if place is not None:
        return place
    if current.members.count() >= MOST_MEMBERS:
        raise GroupFull
    if Group.objects.of(user).count() >= MOST_GROUPS:
        raise TooManyGroups
    place = GroupMember.objects.create(group=current, user=user, role=role)
    _log(place, Kind.GROUP_JOINED, by)
    if user.pk != by.pk:
        notify(
            users=[user],
            kind="group_joined",
            title=_("%(name)s added you to the group “%(group)s”")
            % {"name": by.display_name, "group": current.name},
            body=_("You can see the lists that are shared with it."),
            payload={"group_id": str(current.pk), "group_name": current.name},
            about=f"group {current.pk}",
        )
    group_changed.send(sender=Group, groups=[current], user_ids={user.pk}, by=by)
    return place


@change()
def join_invited_group(
    *, group: Group, user: User, invited_by: User, role: str, issued_at: datetime
) -> GroupMember:
    """Add somebody who accepted an invitation that was issued at that time, and notify the person who invited them.

    Raises `NoLongerInGroup` if somebody else removed them after the invitation: otherwise they could use it to come back.
    """
    current = lock_group(group)
    is_new = not current.members.filter(user=user).exists()
    left = AccountActivity.objects.filter(user=user, kind=Kind.GROUP_LEFT, created_at__gte=issued_at)
    if is_new and left.filter(detail__group=str(current.pk)).exclude(by=user).exists():
        raise NoLongerInGroup
    place = let_into_group(group=current, user=user, role=role, by=user)
    if is_new:
        told = {"name": user.display_name, "group": current.name}
        notify(
            users=[invited_by],
            kind="group_invitation_accepted",
            title=_("%(name)s joined the group “%(group)s”") % told,
            payload={"group_id": str(current.pk), "group_name": current.name, "name": user.display_name},
        )
    return place


def lock_group_to_invite(group: Group, by: User) -> Group:
    """Return the group locked. Raises a refusal unless `by` is one of its admins."""
    return _lock_as_admin(group, by)


def note_invited_to_group(group: Group, by: User) -> None:
    """Log that an invitation was sent, without the address."""
    record_account(user=by, kind=Kind.GROUP_INVITED, by=by, group=str(group.pk))


@change()
def revoke_group_invitations(*, group: Group, by: User) -> Group:
    """Revoke all invitations to the group that were sent so far."""
    current = _lock_as_admin(group, by)
    current.invitations_epoch += 1
    current.save(update_fields=["invitations_epoch"])
    record_account(user=by, kind=Kind.GROUP_INVITATIONS_REVOKED, by=by, group=str(current.pk))
    return current


@change()
def change_group_role(*, group: Group, by: User, user_id: UUID, role: str) -> GroupMember:
    current = _lock_as_admin(group, by)
    place = _place(current, user_id)
    if place.role == role:
        return place
    if place.role == Role.ADMIN:
        _refuse_last_admin(current, place)
    place.role = role
    place.save(update_fields=["role"])
    _log(place, Kind.GROUP_ROLE_CHANGED, by)
    return place


@change()
def remove_from_group(*, group: Group, by: User, user_id: UUID) -> None:
    """Remove a person from the group, or leave it. They lose at once what they had only through it."""
    current = lock_group(group)
    if user_id != by.pk:
        _require_admin(current, by)
    place = _place(current, user_id)
    if place.role == Role.ADMIN:
        _refuse_last_admin(current, place)
    _take_out(current, place, by)


@change()
def leave_all_groups(*, user: User) -> None:
    """Take a person whose account is removed out of all groups.

    If they were the only admin, the person who has been in the group longest becomes one. A group without people is removed.
    """
    groups = lock_groups_of(user)
    for group in groups:
        place = _place(group, user.pk)
        _log(place, Kind.GROUP_LEFT, user)
        place.delete()
        _keep_an_admin(group, user)
    group_changed.send(sender=Group, groups=groups, user_ids={user.pk}, by=user)


def _keep_an_admin(group: Group, left: User) -> None:
    staying = group.members.filter(user__is_active=True).select_related("user").order_by("created_at", "pk")
    heir = staying.first()
    if heir is None:
        _close(group)
    elif not _admins(staying).exists():
        heir.role = Role.ADMIN
        heir.save(update_fields=["role"])
        _log(heir, Kind.GROUP_ROLE_CHANGED, left)


def lock_groups_of(user: User) -> list[Group]:
    """Return the groups of `user`, locked in the order of their ids."""
    return list(lock(Group.objects.live().filter(members__user=user).order_by("pk")))


def lock_group(group: Group) -> Group:
    """Return the group as it is now, locked until the transaction ends. Raises `NoSuchGroup`."""
    for found in lock(Group.objects.live().filter(pk=group.pk)):
        return found
    raise NoSuchGroup


def _lock_as_admin(group: Group, by: User) -> Group:
    current = lock_group(group)
    _require_admin(current, by)
    return current


def _require_admin(group: Group, by: User) -> None:
    mine = group.members.filter(user=by).first()
    if mine is None:
        raise NoSuchGroup
    if mine.role != Role.ADMIN:
        raise GroupAdminsOnly


def _place(group: Group, user_id: UUID) -> GroupMember:
    place = group.members.select_related("user").filter(user=user_id).first()
    if place is None:
        raise NotInGroup
    return place


def _refuse_last_admin(group: Group, place: GroupMember) -> None:
    """Refuse to take the last admin who can log in away from a group."""
    if not _admins(group.members.filter(user__is_active=True).exclude(pk=place.pk)).exists():
        raise LastGroupAdmin


def _admins(places: QuerySet[GroupMember]) -> QuerySet[GroupMember]:
    return places.filter(role=Role.ADMIN)


def _take_out(group: Group, place: GroupMember, by: User) -> None:
    _log(place, Kind.GROUP_LEFT, by)
    place.delete()
    group_changed.send(sender=Group, groups=[group], user_ids={place.user_id}, by=by)


def _close(group: Group) -> None:
    group.members.all().delete()
    group.removed_at = timezone.now()
    group.save(update_fields=["removed_at"])


def _log(place: GroupMember, kind: AccountActivity.Kind, by: User) -> None:
    record_account(user=place.user, kind=kind, by=by, group=str(place.group_id), role=place.role)

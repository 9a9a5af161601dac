"""What people can be invited to. Each kind says who may invite, what a person becomes, and how invitations are revoked.

A new kind is a class here, and a line in `TARGETS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model

from accounts.models import Group, GroupMember, User
from accounts.services.groups import (
    join_invited_group,
    lock_group,
    lock_group_to_invite,
    note_invited_to_group,
)
from sharing.access.invitation_tokens import Invitation, Kind
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lists.people import join_invited
from wishlists.services.locking import lock_wishlist, lock_wishlist_as

T = TypeVar("T", bound=Model)


class Target(ABC, Generic[T]):
    """How one kind of thing handles invitations. Its rows have the columns `tenant` and `invitations_epoch`."""

    @abstractmethod
    def find(self, pk: UUID) -> T | None:
        """Return the row, or None if it is gone."""

    @abstractmethod
    def lock(self, row: T) -> T:
        """Return the row as it is now, locked. Raises a 404 if it is gone."""

    @abstractmethod
    def lock_to_invite(self, row: T, by: User) -> T:
        """Return the row locked. Raises a refusal if `by` may not invite anybody to it."""

    @abstractmethod
    def may_invite(self, row: T, person: User) -> bool:
        """Return whether `person`, who sent an invitation, could still send one."""

    @abstractmethod
    def title_of(self, row: T) -> str: ...

    @abstractmethod
    def note_invited(self, row: T, by: User) -> None:
        """Log that an invitation was sent. Without the address, because rows of logs are never deleted."""

    @abstractmethod
    def join(self, row: T, user: User, invited_by: User, invitation: Invitation) -> str:
        """Let the user in and return their role. Members stay what they are."""


class ListTarget(Target[Wishlist]):
    def find(self, pk: UUID) -> Wishlist | None:
        return Wishlist.objects.live().filter(pk=pk, tenant__is_active=True).first()

    def lock(self, row: Wishlist) -> Wishlist:
        return lock_wishlist(row)

    def lock_to_invite(self, row: Wishlist, by: User) -> Wishlist:
        return lock_wishlist_as(Viewer(user=by), row).require_owner().wishlist

    def may_invite(self, row: Wishlist, person: User) -> bool:
        return row.owner_id == person.pk

    def title_of(self, row: Wishlist) -> str:
        return row.title

    def note_invited(self, row: Wishlist, by: User) -> None:
        record(wishlist=row, kind="person_invited", by=Viewer(user=by))

    def join(self, row: Wishlist, user: User, invited_by: User, invitation: Invitation) -> str:
        member = join_invited(
            wishlist=row,
            user=user,
            invited_by=invited_by,
            role=invitation.role,
            is_recipient=invitation.is_recipient,
            issued_at=invitation.issued_at,
        )
        return member.role


class GroupTarget(Target[Group]):
    def find(self, pk: UUID) -> Group | None:
        return Group.objects.live().filter(pk=pk).first()

    def lock(self, row: Group) -> Group:
        return lock_group(row)

    def lock_to_invite(self, row: Group, by: User) -> Group:
        return lock_group_to_invite(row, by)

    def may_invite(self, row: Group, person: User) -> bool:
        return row.members.filter(user=person, role=GroupMember.Role.ADMIN).exists()

    def title_of(self, row: Group) -> str:
        return row.name

    def note_invited(self, row: Group, by: User) -> None:
        note_invited_to_group(row, by)

    def join(self, row: Group, user: User, invited_by: User, invitation: Invitation) -> str:
        place = join_invited_group(
            group=row,
            user=user,
            invited_by=invited_by,
            role=invitation.role,
            issued_at=invitation.issued_at,
        )
        return place.role


TARGETS: dict[Kind, Target[Any]] = {Kind.LIST: ListTarget(), Kind.GROUP: GroupTarget()}

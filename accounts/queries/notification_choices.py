"""How users want to be told: what they chose, or the defaults of the kind."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from accounts.models import NotificationChoice, User
from accounts.projections.notice_kinds import NoticeKind, declared_kinds, kind_named


class Channels(NamedTuple):
    """The channels of one kind for one user."""

    in_app: bool
    email: str
    push: bool


def channels_by_default(kind: NoticeKind) -> Channels:
    return Channels(kind.in_app, kind.email, kind.push)


def channels_of(users: Collection[User], kind: str) -> dict[UUID, Channels]:
    """Return the channels of each of `users` for one kind, by user."""
    default = channels_by_default(kind_named(kind))
    rows = NotificationChoice.objects.filter(user__in=users, kind=kind)
    chosen = {row.user_id: Channels(row.in_app, row.email, row.push) for row in rows}
    return {user.pk: chosen.get(user.pk, default) for user in users}


def all_channels_of(user: User) -> dict[NoticeKind, Channels]:
    """Return the channels of a user for all kinds, in the order of the page."""
    chosen = {row.kind: Channels(row.in_app, row.email, row.push) for row in user.notification_choices.all()}
    return {kind: chosen.get(kind.name, channels_by_default(kind)) for kind in declared_kinds()}

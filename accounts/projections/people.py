"""Projections of users and notifications: plain dicts, the same for REST, pages and sockets."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from accounts.models import Notification, User


class Person(TypedDict):
    """What other users may see of a user."""

    id: UUID
    display_name: str
    avatar_url: str | None


class UserSelf(Person):
    """What users may see of themselves."""

    email: str
    created_at: datetime


class NotificationRow(TypedDict):
    id: UUID
    user_id: UUID
    kind: str
    title: str
    body: str
    payload: dict[str, Any]
    read_at: datetime | None
    created_at: datetime


NOTIFICATION_FIELDS = tuple(NotificationRow.__annotations__)
"""For `.values()`: the projection has exactly these columns."""


def person(user: User) -> Person:
    return {"id": user.pk, "display_name": user.display_name, "avatar_url": user.avatar_url or None}


def user_self(user: User) -> UserSelf:
    return {**person(user), "email": user.email, "created_at": user.date_joined}


def notification(row: Notification) -> NotificationRow:
    return {name: getattr(row, name) for name in NOTIFICATION_FIELDS}  # type: ignore[return-value]

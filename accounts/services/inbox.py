"""The inbox: what happened that a person would want to know. Rows are pushed as they are saved."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from accounts.models import Notification, User
from wishlist_project.base.change import change, lock
from wishlist_project.base.refusals import NotFound

NEWEST = 200
"""As many as clients are given."""

_TITLE = 200


@change()
def notify(
    *, users: Iterable[User], kind: str, title: str, body: str = "", payload: Mapping[str, Any] | None = None
) -> list[Notification]:
    """One line for each of `users` who can still read it. `kind` and `payload` are what clients translate by."""
    return [
        Notification.objects.create(
            user=user, kind=kind, title=title[:_TITLE], body=body, payload=dict(payload or {})
        )
        for user in users
        if user.is_active
    ]


@change()
def mark_read(*, user: User, notification_id: uuid.UUID) -> Notification:
    """Reading again keeps the first time."""
    notification = lock(user.notifications.filter(pk=notification_id)).first()
    if notification is None:
        raise NotFound
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=["read_at"])
    return notification


@change()
def mark_all_read(*, user: User) -> None:
    """All at once: no event tells of reading, so nobody waits for the rows to be saved one by one."""
    user.notifications.filter(read_at=None).update(read_at=timezone.now())

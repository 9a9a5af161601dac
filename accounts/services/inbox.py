"""The inbox: what happened that a person would want to know. Rows are pushed as they are saved.

An inbox is bounded three ways (docs/inbox.md): an unread notice about the same thing is updated instead of joined by
another, texts are cut, and what is older than the newest `KEPT` is deleted.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils import timezone

from accounts.models import Notification, User
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.jobs.sweeping import sweep
from core.text.text_cutting import cut, cut_all

NEWEST = 200
"""As many as clients are given."""
KEPT = 1000
"""As many as anybody has, read or not; an hour's worth more until the next sweep."""

_TITLE, _BODY, _IN_PAYLOAD = 200, 4000, 600


class NoticeText(NamedTuple):
    """What a notice says: `title` and `body` in words, `payload` for clients that translate."""

    title: str
    body: str
    payload: Mapping[str, Any]


Merge = Callable[[Notification, NoticeText], NoticeText]
"""What a notice that nobody has read says together with what is new."""


@change()
def notify(
    *,
    users: Iterable[User],
    kind: str,
    title: str,
    body: str = "",
    payload: Mapping[str, Any] | None = None,
    about: str = "",
    merge: Merge = lambda _unread, new: new,
) -> list[Notification]:
    """One line for each of `users` who can still read it. `kind` and `payload` are what clients translate by.

    `about` names the thing that it is about: while a notice of that kind about it is unread, that one is updated, and
    told again under its own id. `merge` says what it then says; without it, what is new.
    """
    readers = [user for user in users if user.is_active]
    new, unread = NoticeText(title, body, payload or {}), _unread(readers, kind, about)
    return [
        _update(unread[user.pk], merge(unread[user.pk], new))
        if user.pk in unread
        else Notification.objects.create(user=user, kind=kind, about=about, **_bounded(new))
        for user in readers
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


def forget_old_notices() -> int:
    """Delete all but the newest of full inboxes. Nobody is told: clients are given fewer than are kept."""
    counted = Notification.objects.order_by().values("user").annotate(count=Count("pk"))
    full = counted.filter(count__gt=KEPT).values_list("user", flat=True)
    return sweep(_forget_old_notices_of, full, what="Inbox")


def _forget_old_notices_of(user: uuid.UUID) -> int:
    theirs = Notification.objects.filter(user=user)
    old = list(theirs.values_list("pk", flat=True)[KEPT:])
    return theirs.filter(pk__in=old).delete()[0]


def append_body(unread: Notification, new: NoticeText) -> NoticeText:
    """For `merge`: both texts, the new one first."""
    return new._replace(body=f"{new.body}\n\n{unread.body}")


def _unread(users: list[User], kind: str, about: str) -> dict[uuid.UUID, Notification]:
    """The newest about the same thing, of each who has one."""
    if not about:
        return {}
    rows = Notification.objects.filter(user__in=users, kind=kind, about=about, read_at=None)
    return {row.user_id: row for row in rows.order_by("created_at", "pk")}


def _update(unread: Notification, text: NoticeText) -> Notification:
    """Newest again, and unread: should somebody have read it a moment ago, they have not read this."""
    for name, value in _bounded(text).items():
        setattr(unread, name, value)
    unread.created_at, unread.read_at = timezone.now(), None
    unread.save(update_fields=["title", "body", "payload", "created_at", "read_at"])
    return unread


def _bounded(text: NoticeText) -> dict[str, Any]:
    return {
        "title": cut(text.title, _TITLE),
        "body": cut(text.body, _BODY),
        "payload": cut_all(dict(text.payload), _IN_PAYLOAD),
    }

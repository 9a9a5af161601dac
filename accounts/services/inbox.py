"""The inbox of a user. Notifications are pushed when they are saved.

An inbox is bounded in three ways (docs/inbox.md): an unread notification about the same thing is updated, texts are cut,
and only the newest `KEPT` notifications are kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from django.db.models import Count
from django.utils import timezone

from accounts.models import Notification, NotificationChoice, User
from accounts.projections.notice_kinds import kind_named
from accounts.projections.notice_payloads import require_declared
from accounts.signals import notified
from core.api.renderers import encode
from core.db.change import change, lock
from core.db.saving import Insert, save_many
from core.errors.refusals import NotFound
from core.jobs.sweeping import sweep
from core.text.text_cutting import cut, cut_all

NEWEST = 200
"""How many clients get."""
KEPT = 1000
"""How many a user has at most, read or not. Until the next hourly sweep there may be more."""

_TITLE, _BODY, _IN_PAYLOAD = 200, 4000, 600


class NoticeText(NamedTuple):
    """The text of a notification: `title` and `body` in words, `payload` for clients that translate."""

    title: str
    body: str
    payload: Mapping[str, Any]


Merge = Callable[[Notification, NoticeText], NoticeText]
"""Combines an unread notification with a new text about the same thing."""


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
    """Notify each of `users` who is active, once even if named twice. Clients translate by `kind` and `payload`, whose keys
    are declared (accounts/projections/notice_payloads.py).

    `about` is a key of what it is about. If a notification of the same kind and `about` is unread, that one is updated and
    pushed again with the same id. Its text is `merge(old, new)`, by default the new text.
    """
    readers = list({user.pk: user for user in users if user.is_active}.values())
    new, unread = NoticeText(title, body, _as_stored(payload or {})), _unread(readers, kind, about)
    unlisted = _unlisted(readers, kind)
    # Everybody else gets the same row, so it is checked and cut once.
    told = _bounded(kind, new)
    made = {
        user.pk: Notification(user=user, kind=kind, about=about, is_listed=user.pk not in unlisted, **told)
        for user in readers
        if user.pk not in unread
    }
    save_many([Insert(row) for row in made.values()])
    notified_of = [
        made[user.pk] if user.pk in made else _update(unread[user.pk], merge(unread[user.pk], new))
        for user in readers
    ]
    if notified_of:
        updated = {row.pk for row in unread.values()}
        notified.send(sender=Notification, kind=kind, notifications=notified_of, updated=updated)
    return notified_of


@change()
def mark_read(*, user: User, notification_id: uuid.UUID) -> Notification:
    """Mark a notification as read. If it is already read, the first time stays."""
    notification = lock(user.notifications.listed().filter(pk=notification_id)).first()
    if notification is None:
        raise NotFound
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=["read_at"])
    return notification


@change()
def mark_all_read(*, user: User) -> None:
    """Mark all as read, in one statement: reading is not pushed, so rows need not be saved one by one."""
    user.notifications.listed().filter(read_at=None).update(read_at=timezone.now())


def forget_old_notices() -> int:
    """Delete all but the newest `KEPT` of each inbox. No event is needed, because clients get fewer than are kept."""
    counted = Notification.objects.order_by().values("user").annotate(count=Count("pk"))
    full = counted.filter(count__gt=KEPT).values_list("user", flat=True)
    return sweep(_forget_old_notices_of, full, what="Inbox")


def _forget_old_notices_of(user: uuid.UUID) -> int:
    theirs = Notification.objects.filter(user=user)
    old = list(theirs.values_list("pk", flat=True)[KEPT:])
    _all, deleted = theirs.filter(pk__in=old).delete()
    return deleted.get(Notification._meta.label, 0)


def append_body(unread: Notification, new: NoticeText) -> NoticeText:
    """Return both texts, the new one first, for `merge`."""
    return new._replace(body=f"{new.body}\n\n{unread.body}")


def _as_stored(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload as clients get it: amounts are numbers, ids are texts."""
    stored: dict[str, Any] = orjson.loads(encode(payload))
    return stored


def _unread(users: list[User], kind: str, about: str) -> dict[uuid.UUID, Notification]:
    """Return the newest unread notification about the same thing, by user."""
    if not about:
        return {}
    rows = Notification.objects.filter(user__in=users, kind=kind, about=about, read_at=None)
    return {row.user_id: row for row in rows.order_by("created_at", "pk")}


def _unlisted(users: list[User], kind: str) -> set[uuid.UUID]:
    """Return the users who do not want this kind in their inbox."""
    if not users or kind_named(kind).is_required:
        return set()
    chosen = NotificationChoice.objects.filter(user__in=users, kind=kind, in_app=False)
    return set(chosen.values_list("user", flat=True))


def _update(unread: Notification, text: NoticeText) -> Notification:
    """Update the text and make the notification the newest and unread. If it was read a moment ago, the text is new."""
    for name, value in _bounded(unread.kind, text).items():
        setattr(unread, name, value)
    unread.created_at, unread.read_at = timezone.now(), None
    unread.save(update_fields=["title", "body", "payload", "created_at", "read_at"])
    return unread


def _bounded(kind: str, text: NoticeText) -> dict[str, Any]:
    require_declared(kind, text.payload)
    return {
        "title": cut(text.title, _TITLE),
        "body": cut(text.body, _BODY),
        "payload": cut_all(dict(text.payload), _IN_PAYLOAD),
    }

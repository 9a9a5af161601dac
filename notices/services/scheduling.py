"""Decide when a notification is told by e-mail and web push. Called inside the change that notifies.

A mail waits for a minute and a push for ten seconds, so that a burst is one of each. If the notification changes after it
was told, it is told again, but not more often than `MAIL_AGAIN` and `PUSH_AGAIN` say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Notification, NotificationChoice, Session, User
from accounts.queries.notification_choices import Channels, channels_of
from notices.access.reader_settings import zone_of
from notices.models import NoticeDelivery, PushSubscription

Email = NotificationChoice.Email

MAIL_AFTER, PUSH_AFTER = timedelta(minutes=1), timedelta(seconds=10)
MAIL_AGAIN, PUSH_AGAIN = timedelta(hours=1), timedelta(minutes=10)
DIGEST_HOUR = 8
"""Digests come at this hour of the user's day; weekly ones on Mondays."""


def schedule(kind: str, notifications: Collection[Notification], updated: Collection[UUID]) -> None:
    """Plan the deliveries of new notifications of one kind, and of those that were updated."""
    users = [row.user for row in notifications]
    channels, browsers = channels_of(users, kind), _browsers(users)
    told = NoticeDelivery.objects.filter(notification__in=updated) if updated else ()
    known = {(row.notification_id, row.subscription_id): row for row in told}
    now, new, again = timezone.now(), [], []
    planned = [
        row
        for notification in notifications
        for row in _planned(notification, channels[notification.user_id], browsers[notification.user_id], now)
    ]
    for row in planned:
        before = known.get((row.notification_id, row.subscription_id))
        if before is None:
            new.append(row)
        elif before.done_at is not None:
            again.append(_pending_again(before, row))
    NoticeDelivery.objects.bulk_create(new)
    NoticeDelivery.objects.bulk_update(again, ["due_at", "done_at", "queued_at", "cadence", "failures"])


def mail_due(cadence: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a mail of that cadence is sent."""
    if cadence == Email.AT_ONCE:
        return now + MAIL_AFTER
    local = now.astimezone(zone)
    day = local.date()
    if cadence == Email.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    due = datetime.combine(day, time(DIGEST_HOUR), zone)
    if due <= local:
        due = datetime.combine(
            day + timedelta(days=7 if cadence == Email.WEEKLY else 1), time(DIGEST_HOUR), zone
        )
    return due.astimezone(UTC)


def _planned(
    notification: Notification, channels: Channels, browsers: Iterable[PushSubscription], now: datetime
) -> Iterator[NoticeDelivery]:
    """Yield a row for each channel that the user wants."""
    user = notification.user
    if channels.email != Email.OFF:
        due_at = mail_due(channels.email, now, zone_of(user))
        yield NoticeDelivery(notification=notification, user=user, cadence=channels.email, due_at=due_at)
    for browser in browsers if channels.push else ():
        due_at = now + PUSH_AFTER
        yield NoticeDelivery(notification=notification, user=user, subscription=browser, due_at=due_at)


def _pending_again(told: NoticeDelivery, planned: NoticeDelivery) -> NoticeDelivery:
    assert told.done_at is not None
    pause = MAIL_AGAIN if told.subscription_id is None else PUSH_AGAIN
    told.due_at = max(planned.due_at, told.done_at + pause)
    told.done_at = told.queued_at = None
    told.cadence, told.failures = planned.cadence, 0
    return told


def _browsers(users: Iterable[User]) -> dict[UUID, list[PushSubscription]]:
    """Return the browsers of each user that get pushes, as long as their log-ins last."""
    found: defaultdict[UUID, list[PushSubscription]] = defaultdict(list)
    for row in PushSubscription.objects.filter(user__in=users, session__in=Session.objects.live()):
        found[row.user_id].append(row)
    return found

"""Push what is due to browsers, encrypted, through the push services that the browsers named.

A push says what the notification in the inbox says, and no more. A push service that is down gets it again for a day; a
browser that is gone is forgotten.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import orjson
from django.db.models import F, Q
from django.utils import timezone
from pywebpush import WebPusher

from accounts.models import Notification, Session
from accounts.projections.notice_links import page_about
from accounts.queries.notification_choices import channels_of
from core.db.change import change
from core.outgoing.posting import Answer, post
from core.text.text_cutting import cut
from notices.access.vapid import authorization
from notices.models import NoticeDelivery, PushSubscription

logger = logging.getLogger(__name__)

AT_ONCE = 32
SENDERS = 8
CLAIMED_FOR = timedelta(minutes=1)
TRIED_FOR = timedelta(days=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
GONE = (404, 410)
TOO_MANY = 429
TITLE, BODY = 120, 300


def push_due() -> int:
    """Push what is due, and return how many rows were handled."""
    rows = _claim()
    wanted = [row for row in rows if _is_wanted(row)]
    _leave_out([row for row in rows if row not in wanted])
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="push") as senders:
        # The threads use no database: everything that they need is read before.
        answers = list(senders.map(_send, wanted))
    for row, answer in zip(wanted, answers, strict=True):
        _note(row, answer)
    return len(rows)


@change()
def _claim() -> list[NoticeDelivery]:
    now = timezone.now()
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = NoticeDelivery.objects.pushes().pending().filter(is_free, due_at__lte=now).order_by("due_at", "pk")
    keys = list(due.values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return []
    mine = [
        key
        for key in keys
        if NoticeDelivery.objects.filter(is_free, pk=key).update(claimed_until=now + CLAIMED_FOR)
    ]
    return list(
        NoticeDelivery.objects.filter(pk__in=mine).select_related(
            "notification__user", "subscription__session"
        )
    )


def _is_wanted(row: NoticeDelivery) -> bool:
    """Return whether the user still wants it, has not read it, and is still logged in with that browser."""
    notification, browser = row.notification, row.subscription
    assert browser is not None
    if not notification.user.is_active or not Session.objects.live().filter(pk=browser.session_id).exists():
        return False
    channels = channels_of([notification.user], notification.kind)[notification.user_id]
    return notification.read_at is None and channels.push


@change()
def _leave_out(rows: list[NoticeDelivery]) -> None:
    left = NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows])
    left.update(done_at=timezone.now(), claimed_until=None)


def message_of(notification: Notification) -> bytes:
    """Return what the service worker shows (static/js/push-worker.js). The tag makes a later push replace an earlier one."""
    return orjson.dumps(
        {
            "title": cut(notification.title, TITLE),
            "body": cut(notification.body, BODY),
            "url": page_about(notification) or "/inbox",
            "tag": str(notification.pk),
        }
    )


def _send(row: NoticeDelivery) -> Answer:
    browser = row.subscription
    assert browser is not None
    keys = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    sealed = WebPusher(keys).encode(message_of(row.notification), "aes128gcm")
    headers = {
        "Authorization": authorization(browser.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(TRIED_FOR.total_seconds())),
        "Topic": row.notification_id.hex,
        "Urgency": "normal",
    }
    return post(browser.endpoint, bytes(sealed["body"]), headers)


@change()
def _note(row: NoticeDelivery, answer: Answer) -> None:
    """Write down what the push service said."""
    now, this = timezone.now(), NoticeDelivery.objects.filter(pk=row.pk)
    browsers = PushSubscription.objects.filter(deliveries=row.pk)
    if answer.is_accepted:
        this.update(done_at=now, claimed_until=None)
        browsers.filter(failures__gt=0).update(failures=0)
    elif answer.status in GONE:
        browsers.delete()
    else:
        browsers.update(failures=F("failures") + 1)
        # The endpoint is a secret of the browser, so it isn't logged.
        logger.info("A push service answered %s to a push.", answer.status or answer.text)
        is_final = 400 <= answer.status < 500 and answer.status != TOO_MANY
        if is_final or now > row.notification.created_at + TRIED_FOR:
            this.update(done_at=now, claimed_until=None)
        else:
            pause = min(FIRST_PAUSE * 2**row.failures, LONGEST_PAUSE)
            this.update(due_at=now + pause, failures=F("failures") + 1, claimed_until=None)


@change()
def forget_lost_browsers() -> int:
    """Forget browsers whose log-in has ended."""
    return PushSubscription.objects.exclude(session__in=Session.objects.live()).delete()[0]

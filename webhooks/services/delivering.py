"""Deliver events to webhooks: in the order of each list, again until the receiver accepts them, for a day.

The position of each followed list is written after the receiver's answer. So what a killed worker was delivering is
delivered again, with the same `webhook-id`, and nothing is left out.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.inbox import notify
from core.db.change import change, lock
from core.limits.rate_limits import WEBHOOK_MESSAGES, hit, wait_for
from core.outgoing.posting import Answer, post
from webhooks.messages import Message, next_message
from webhooks.models import FollowedList, Webhook, WebhookDelivery
from webhooks.services.following import stream_now
from webhooks.signing import headers_of

AT_ONCE = 16
SENDERS = 8
RUN_SECONDS = 8.0
"""How long one run goes on while there is more to deliver. Other work of the lane waits meanwhile."""
CLAIMED_FOR = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
TRIED_FOR = timedelta(days=1)
GONE = 410

Sent = tuple[FollowedList, Message]


def deliver_due() -> int:
    """Deliver what is due, and return the number of messages that were tried."""
    tried, end = 0, time.monotonic() + RUN_SECONDS
    while claimed := _claim():
        messages = [(row, message) for row in claimed if (message := _prepare(row)) is not None]
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook") as senders:
            # The threads use no database: everything that they need is read before.
            answers = list(senders.map(_post, messages))
        for (row, message), answer in zip(messages, answers, strict=True):
            _note(row, message, answer)
        tried += len(messages)
        if time.monotonic() > end:
            break
    return tried


@change()
def _claim() -> list[FollowedList]:
    """Take some lists with something to deliver, so that of several workers one delivers it. Locked rows are short."""
    now = timezone.now()
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = FollowedList.objects.behind().filter(
        is_free, due_at__lte=now, webhook__stopped_at=None, webhook__user__is_active=True
    )
    keys = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return []
    mine = [
        key
        for key in keys
        if FollowedList.objects.filter(is_free, pk=key).update(claimed_until=now + CLAIMED_FOR)
    ]
    return list(FollowedList.objects.filter(pk__in=mine).select_related("webhook__user"))


def _prepare(row: FollowedList) -> Message | None:
    """Return the message to send, if the user may still see the list and there is one. Checked before each message."""
    key = stream_now(row)
    if key is None:
        _forget(row)
        return None
    if key != row.stream_key:
        row.stream_key, row.epoch, row.seq = key, "", 0
    message = next_message(row, row.webhook.events)
    if not message.body:
        _move(row, message)
        return None
    if not hit(WEBHOOK_MESSAGES, row.webhook.user_id):
        _postpone(row, timedelta(seconds=wait_for(WEBHOOK_MESSAGES, row.webhook.user_id)))
        return None
    return message


def _post(sent: Sent) -> Answer:
    row, message = sent
    headers = headers_of(row.webhook, message.message_id, timezone.now(), message.body)
    return post(row.webhook.url, message.body, headers)


@change()
def _note(row: FollowedList, message: Message, answer: Answer) -> None:
    """Write down the answer: go on to the next event, or try again later."""
    current = lock(FollowedList.objects.filter(pk=row.pk)).first()
    if current is None:
        return  # the list is no longer followed, or the webhook was deleted
    WebhookDelivery.objects.create(
        webhook=row.webhook,
        wishlist_id=row.wishlist_id,
        message_id=message.message_id,
        event=message.event,
        attempt=current.failures + 1,
        status=answer.status,
        answer=answer.text,
    )
    if answer.is_accepted:
        _move(row, message)
    elif answer.status == GONE:
        _stop(row.webhook, Webhook.Stop.GONE)
    else:
        _fail(current, answer)


@change()
def _move(row: FollowedList, message: Message) -> None:
    FollowedList.objects.filter(pk=row.pk).update(
        stream_key=row.stream_key,
        epoch=message.epoch,
        seq=message.seq,
        failures=0,
        failing_since=None,
        claimed_until=None,
    )


@change()
def _postpone(row: FollowedList, pause: timedelta) -> None:
    FollowedList.objects.filter(pk=row.pk).update(due_at=timezone.now() + pause, claimed_until=None)


@change()
def _forget(row: FollowedList) -> None:
    FollowedList.objects.filter(pk=row.pk).delete()


def _fail(current: FollowedList, answer: Answer) -> None:
    """Try again later, or stop the webhook if it could not be reached for a day."""
    now = timezone.now()
    current.failing_since = current.failing_since or now
    if now >= current.failing_since + TRIED_FOR:
        _stop(current.webhook, Webhook.Stop.FAILED)
        return
    pause = min(FIRST_PAUSE * 2 ** min(current.failures, 20), LONGEST_PAUSE)
    if answer.retry_after.isdecimal():
        pause = max(pause, min(timedelta(seconds=int(answer.retry_after[:9])), LONGEST_PAUSE))
    # A little more or less, so that receivers that come back are not asked by everybody at once.
    current.due_at, current.claimed_until = now + pause * random.uniform(0.9, 1.1), None  # noqa: S311
    current.failures += 1
    current.save(update_fields=["due_at", "claimed_until", "failures", "failing_since"])


def _stop(webhook: Webhook, why: Webhook.Stop) -> None:
    """Stop a webhook and tell its user. What comes meanwhile is not delivered; when it goes on, it begins with `resync`."""
    stopped = Webhook.objects.filter(pk=webhook.pk, stopped_at=None)
    if stopped.update(stopped_at=timezone.now(), stopped_because=why):
        FollowedList.objects.filter(webhook=webhook).delete()
        notify(
            users=[webhook.user],
            kind="webhook_stopped",
            title=_("One of your webhooks was stopped"),
            body=f"{webhook.url}\n{why.label}",
            about=f"webhook {webhook.pk}",
        )


def forget_old_deliveries(webhooks: Sequence[Webhook], *, kept: int, kept_for: timedelta) -> int:
    """Delete all but the newest deliveries of each webhook, and those that are too old."""
    gone = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - kept_for).delete()[0]
    for webhook in webhooks:
        old = list(webhook.deliveries.values_list("pk", flat=True)[kept:])
        gone += WebhookDelivery.objects.filter(pk__in=old).delete()[0]
    return gone

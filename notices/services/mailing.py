"""Mail what is due, all news of a user in one mail: at once, or as a digest.

Each row is claimed before it is sent and marked afterwards, so that of several workers one sends it. While the mail server
refuses or hangs, the job is retried, and what became due meanwhile goes into the same mail.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone, translation

from accounts.access.unsubscribe_tokens import unsubscribe_headers, unsubscribe_page
from accounts.mail.mail_kinds import MailKind
from accounts.models import NotificationChoice, User
from accounts.projections.notice_links import page_about
from accounts.queries.notification_choices import channels_of
from accounts.services.mail import render_mail
from accounts.tasks import deliver
from core.db.change import change, lock
from core.jobs.retry import GiveUp, Later
from notices.access.reader_settings import language_of, may_be_mailed
from notices.models import NoticeDelivery
from notices.services.choosing import scope_of

CLAIMED_FOR = timedelta(minutes=2)
"""Longer than a mail server may take (accounts/mail/smtp.py)."""

MOST_IN_A_MAIL = 50

Email = NotificationChoice.Email


@change()
def queue_mails(user_id: UUID) -> bool:
    """Mark what is due for a user as queued. Return whether there is anything that a job must send."""
    due = lock(
        NoticeDelivery.objects.mails()
        .pending()
        .filter(user=user_id, due_at__lte=timezone.now(), queued_at=None)
    )
    return bool(
        NoticeDelivery.objects.filter(pk__in=[row.pk for row in due]).update(queued_at=timezone.now())
    )


def users_with_mail_due() -> list[UUID]:
    due = NoticeDelivery.objects.mails().pending().filter(due_at__lte=timezone.now(), queued_at=None)
    return list(due.order_by().values_list("user", flat=True).distinct())


def send_queued_mails(user: User) -> None:
    """Send what is queued for a user. Raises `Later` if another worker is sending it just now."""
    claimed = _claim(user)
    if not claimed:
        return
    try:
        told = [row for row in claimed if _is_wanted(row)] if may_be_mailed(user) else []
        if told:
            _send(user, told)
    except GiveUp:
        _finish(claimed)
        raise
    except Exception:
        _release(claimed)
        raise
    _finish(claimed)


@change()
def _claim(user: User) -> list[NoticeDelivery]:
    now = timezone.now()
    queued = NoticeDelivery.objects.mails().pending().filter(user=user).exclude(queued_at=None)
    rows = list(lock(queued.order_by("pk")))
    if any(row.claimed_until and row.claimed_until > now for row in rows):
        raise Later(CLAIMED_FOR.total_seconds())
    NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_until=now + CLAIMED_FOR)
    claimed = NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows]).select_related("notification")
    return list(claimed.order_by("-notification__created_at", "-notification__pk"))


@change()
def _finish(rows: Collection[NoticeDelivery]) -> None:
    """Mark the rows as told. What is not in the inbox counts as read, so that the next mail tells only what is new."""
    now = timezone.now()
    told = NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows])
    told.update(done_at=now, claimed_until=None)
    unlisted = Q(notification__is_listed=False, notification__read_at=None)
    for row in told.filter(unlisted).select_related("notification"):
        row.notification.read_at = now
        row.notification.save(update_fields=["read_at"])


@change()
def _release(rows: Collection[NoticeDelivery]) -> None:
    NoticeDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_until=None)


def _is_wanted(row: NoticeDelivery) -> bool:
    """Return whether the user has not read it in the meantime, and still wants its kind by e-mail."""
    notification = row.notification
    channels = channels_of([notification.user], notification.kind)[notification.user_id]
    return notification.read_at is None and channels.email != Email.OFF


def _send(user: User, rows: Collection[NoticeDelivery]) -> None:
    notices = [row.notification for row in rows]
    scope = scope_of([notice.kind for notice in notices], _cadence(rows))
    page = unsubscribe_page(user.pk, scope)
    shown = [
        {"title": notice.title, "note": notice.body, "page": page_about(notice) or "/inbox"}
        for notice in notices[:MOST_IN_A_MAIL]
    ]
    with translation.override(language_of(user)):
        subject, body = render_mail(
            "notices",
            notices=shown,
            first=notices[0].title,
            count=len(notices),
            more=len(notices) - len(shown),
            cadence=_cadence(rows),
            unsubscribe=page,
        )
    deliver(user.email, subject, body, MailKind.MESSAGE, unsubscribe_headers(page))


def _cadence(rows: Collection[NoticeDelivery]) -> str:
    """Return how often these mails come. If some are sent at once and some in a digest, they are a mail at once."""
    found = {row.cadence for row in rows}
    return found.pop() if len(found) == 1 else str(Email.AT_ONCE)

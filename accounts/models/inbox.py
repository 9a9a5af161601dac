"""Notifications of a user, and how the user wants to get them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.db.models import PushedModel, UUIDModel
from core.text.text_columns import LineColumn, LinesColumn


class NotificationQuerySet(models.QuerySet["Notification"]):
    def listed(self) -> NotificationQuerySet:
        """Those that the user wants in the inbox. Others wait only to be mailed or pushed to a browser."""
        return self.filter(is_listed=True)


class Notification(PushedModel):
    """A notification. Clients translate it by `kind` and `payload`; `title` and `body` are for those that cannot."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=100, blank=True, default="")
    """What it is about. At most one notification per kind and `about` is unread (services/inbox.py)."""
    title = LineColumn(max_length=200)
    body = LinesColumn(blank=True)
    payload = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    is_listed = models.BooleanField(default=True)
    """Whether it is in the inbox. The user may want a kind by e-mail or web push only."""

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_newest"),
            models.Index(
                "user", "kind", "about", condition=models.Q(read_at=None), name="notification_unread_about"
            ),
        ]


class NotificationChoice(UUIDModel):
    """How a user wants to be told about one kind of news. Without a row, the defaults of the kind apply
    (projections/notice_kinds.py).
    """

    class Email(models.TextChoices):
        OFF = "off", _("No e-mail")
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")

    user = models.ForeignKey(User, models.CASCADE, related_name="notification_choices")
    kind = models.CharField(max_length=40)
    in_app = models.BooleanField()
    email = models.CharField(max_length=10, choices=Email)
    push = models.BooleanField()
    email_before = models.CharField(max_length=10, choices=Email, blank=True, default="")
    """What `email` was before the user unsubscribed by the link of a mail, so that they can undo it."""

    class Meta:
        constraints = [models.UniqueConstraint("user", "kind", name="one_choice_a_kind")]

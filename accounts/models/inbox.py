"""Notifications in a user's inbox."""

from __future__ import annotations

from django.db import models

from accounts.models.people import User
from core.db.models import PushedModel
from core.text.text_columns import LineColumn, LinesColumn


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

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_newest"),
            models.Index(
                "user", "kind", "about", condition=models.Q(read_at=None), name="notification_unread_about"
            ),
        ]

"""Secret addresses at which programs read a user's calendar or news."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import UUIDModel


class FeedLink(UUIDModel):
    """A secret address. It is shown once and not stored: `digest` is a keyed hash of its secret."""

    class Kind(models.TextChoices):
        CALENDAR = "calendar", _("Calendar")
        NEWS = "news", _("News feed")

    user = models.ForeignKey(User, models.CASCADE, related_name="feed_links")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    """When it was last read, written at most once an hour."""

    class Meta:
        ordering = ("-created_at", "-id")

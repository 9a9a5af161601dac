"""Browsers that get web pushes."""

from __future__ import annotations

from django.db import models

from accounts.models import Session, User
from core.db.models import UUIDModel


class PushSubscription(UUIDModel):
    """A browser of a user, as the Push API describes it. It gets pushes as long as the log-in that made it lasts.

    `endpoint` is an address of the browser's push service, and the keys encrypt what goes through it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="push_subscriptions")
    session = models.ForeignKey(Session, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.TextField()
    endpoint_digest = models.CharField(max_length=64, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    failures = models.PositiveSmallIntegerField(default=0)
    """Failed pushes in a row."""

    class Meta:
        ordering = ("created_at", "id")

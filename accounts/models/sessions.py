"""Log-ins, each with its family of refresh tokens."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from core.db.change import lock
from core.db.models import PushedModel


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        """Sessions that still open doors: neither ended nor of somebody who was deactivated."""
        return self.open().filter(user__is_active=True)

    def open(self) -> SessionQuerySet:
        return self.filter(ended_at=None)

    def end(self) -> list[Session]:
        """End each through its own `save`, so that its sockets hear of it."""
        sessions = list(lock(self.order_by("pk")))
        for session in sessions:
            session.ended_at = timezone.now()
            session.save(update_fields=["ended_at"])
        return sessions


class Session(PushedModel):
    """One log-in of one person, and the family of refresh tokens that descends from it.

    `refresh_id` is the only refresh token that will be honoured next; `previous_id` is its predecessor, whose
    use within the leeway is taken for a client's retry, and after it for theft (G9).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    refresh_id = models.UUIDField(default=uuid.uuid4)
    previous_id = models.UUIDField(null=True)
    rotated_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

"""Sessions: log-ins with their refresh tokens."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from core.db.change import lock
from core.db.models import PushedModel


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        """Return sessions that are valid: not ended, and of an active user."""
        return self.open().filter(user__is_active=True)

    def open(self) -> SessionQuerySet:
        return self.filter(ended_at=None)

    def end(self) -> list[Session]:
        """End the sessions. Each is saved on its own, so that its sockets are notified."""
        sessions = list(lock(self.order_by("pk")))
        for session in sessions:
            session.ended_at = timezone.now()
            session.save(update_fields=["ended_at"])
        return sessions


class Session(PushedModel):
    """A log-in of a user, with its chain of refresh tokens.

    `refresh_id` is the only refresh token that is valid now. `previous_id` is the one before: its use within the leeway
    counts as a client's retry, and later as theft (G9).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    refresh_id = models.UUIDField(default=uuid.uuid4)
    previous_id = models.UUIDField(null=True)
    rotated_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

"""Sessions: log-ins with their refresh tokens, and the sessions of personal API tokens."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models.people import User
from core.db.change import lock
from core.db.models import PushedModel


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        """Return sessions that are valid: not ended, not expired, and of an active user in an active tenant."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=Now())
        return self.open().filter(unexpired, user__is_active=True, user__tenant__is_active=True)

    def open(self) -> SessionQuerySet:
        return self.filter(ended_at=None)

    def log_ins(self) -> SessionQuerySet:
        """Return sessions of people who logged in, without those of API tokens."""
        return self.filter(scopes__isnull=True)

    def unused(self) -> SessionQuerySet:
        """Return open log-ins that nothing can continue: their cookies and refresh tokens have expired."""
        return self.open().log_ins().filter(last_used_at__lt=Now() - longest_unused())

    def in_use(self) -> SessionQuerySet:
        """Return live log-ins that somebody can still continue."""
        return self.live().log_ins().filter(last_used_at__gte=Now() - longest_unused())

    def end(self, *, but: uuid.UUID | None = None) -> list[Session]:
        """End the sessions, and those that were opened from them, except `but`.

        Each is saved on its own, so that its sockets are notified.
        """
        these = models.Q(pk__in=self.values("pk")) | models.Q(opened_from__in=self.values("pk"))
        stays = [but] if but else []
        sessions = list(lock(Session.objects.open().filter(these).exclude(pk__in=stays).order_by("pk")))
        for session in sessions:
            session.ended_at = timezone.now()
            session.save(update_fields=["ended_at"])
        return sessions


def longest_unused() -> timedelta:
    """Return how long a log-in can be unused and still be continued, by its refresh token or by its cookie."""
    return max(
        timedelta(days=settings.REFRESH_TOKEN_DAYS), timedelta(seconds=settings.SESSION_COOKIE_AGE)
    ) + timedelta(days=1)


class Session(PushedModel):
    """Something that acts for a user: a log-in with its chain of refresh tokens, or an API token.

    `refresh_id` is the only refresh token that is valid now. `previous_id` is the one before: its use within the leeway
    counts as a client's retry, and later as theft (G9). Both tokens of the current pair can be minted again from
    `refresh_id` and `issued_at`, so the pair itself is not stored.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    refresh_id = models.UUIDField(default=uuid.uuid4)
    previous_id = models.UUIDField(null=True)
    issued_at = models.DateTimeField(default=timezone.now)
    """When the current pair was issued, by the clock of the server that did."""
    rotated_at = models.DateTimeField(auto_now_add=True)
    """The same by the clock of the database, which all servers share."""
    device = models.CharField(max_length=60, blank=True)
    """A readable name such as "Firefox on Linux" (accounts/access/devices.py)."""
    opened_from = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    """The log-in of a page that asked for tokens. This session ends with it."""
    scopes = models.JSONField(null=True)
    """What an API token may do, as a list of names (accounts/access/scopes.py). None for log-ins, which may do all."""
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(default=timezone.now, null=True)
    """Written at most once a minute, and by no request (accounts/services/last_use.py). None for API tokens that were never
    used.
    """
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

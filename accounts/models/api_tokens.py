"""Personal API tokens."""

from __future__ import annotations

from django.db import models

from accounts.models.sessions import Session
from core.db.models import UUIDModel
from core.text.text_columns import LineColumn


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> ApiTokenQuerySet:
        return self.filter(session__in=Session.objects.live())


class ApiToken(UUIDModel):
    """A token that a user made for a program. It acts by a session of its own, which ends when the token is revoked.

    The secret is shown once and not stored: `digest` is a keyed hash of it (accounts/access/api_tokens.py).
    """

    session = models.OneToOneField(Session, models.CASCADE, related_name="api_token")
    name = LineColumn(max_length=80)
    digest = models.CharField(max_length=64, unique=True)

    objects = ApiTokenQuerySet.as_manager()

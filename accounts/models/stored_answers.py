"""Stored answers, for clients that repeat a request."""

from __future__ import annotations

from django.db import models

from core.db.models import UUIDModel


class StoredAnswer(UUIDModel):
    """The answer to a request with an `Idempotency-Key` (accounts/api/retrying.py), committed together with its effect.

    It contains no secrets: `slot` and `asked` are digests, and tokens are computed again for a repeated answer.
    """

    slot = models.CharField(max_length=64, unique=True)
    """Digest of the client, the method, the path and the key."""
    asked = models.CharField(max_length=64)
    """Keyed digest of the query and the body of the request."""
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    """The JSON of the answer, byte for byte."""
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

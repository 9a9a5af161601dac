"""Answers kept for clients that repeat a request."""

from __future__ import annotations

from django.db import models

from core.db.models import UUIDModel


class StoredAnswer(UUIDModel):
    """What a request that named an `Idempotency-Key` was answered (accounts/api/retrying.py). It commits with its effect.

    Nothing here opens or names anything: `slot` and `asked` are digests, and tokens are derived again when told again.
    """

    slot = models.CharField(max_length=64, unique=True)
    """Digest of who asked, by which method and path, under which key."""
    asked = models.CharField(max_length=64)
    """Keyed digest of what was asked."""
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    """JSON, spelled as it was answered."""
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

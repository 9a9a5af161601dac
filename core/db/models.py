"""Base classes of all models: UUID keys, and a `save` that opens a change."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from core.db.change import change


class UUIDModel(models.Model):
    """A row with a random key, which reveals neither the number of rows nor their order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class PushedModel(UUIDModel):
    """A row whose changes are pushed to sockets. Every `save` and `delete` opens a change, in the admin and a shell too."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with change():
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with change():
            return super().delete(*args, **kwargs)

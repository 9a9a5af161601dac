"""What the models of all floors share: UUID keys, and a `save` that opens a change."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from core.db.change import change


class UUIDModel(models.Model):
    """A row whose key tells nothing: neither how many there are nor which came first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class PushedModel(UUIDModel):
    """A row whose changes reach sockets. Every door is a change: services, the admin, a shell's `save()`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with change():
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with change():
            return super().delete(*args, **kwargs)

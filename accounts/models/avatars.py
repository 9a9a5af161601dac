"""Uploaded pictures of users."""

from __future__ import annotations

from django.db import models

from accounts.models.people import User
from core.db.models import UUIDModel


class Avatar(UUIDModel):
    """The uploaded picture of a user, made anew (core/pictures/remaking.py). Its random key is in its address.

    It is in the database and not in a folder, so that all server processes have it, and backups too. It has some 30 KB.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="avatar")
    webp = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

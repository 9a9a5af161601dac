"""Check the names of time zones that clients send."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.time.days import time_zones


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise serializers.ValidationError(
            _("Send a name from the tz database, for example Europe/Berlin."), code="unknown_time_zone"
        )

"""A form field for a date and time in the time zone of a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LocalMomentField(forms.DateTimeField):
    """A local date and time. Set `time_zone` before use.

    If the hour comes twice, the second is meant, so that a deadline is rather late than early.
    """

    time_zone: str = settings.TIME_ZONE
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and timezone.is_aware(value):
            return timezone.make_naive(value, ZoneInfo(self.time_zone))
        return value

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):  # every wall-clock time exists in UTC
            read = super().to_python(value)
        if read is None or (isinstance(value, datetime) and timezone.is_aware(value)):
            return read
        there = read.replace(tzinfo=ZoneInfo(self.time_zone), fold=1)
        if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != read.replace(tzinfo=None):
            raise forms.ValidationError(
                _("This time doesn't exist on that day, because the clocks go forward. Choose another time."),
                "skipped",
            )
        return there.astimezone(UTC)

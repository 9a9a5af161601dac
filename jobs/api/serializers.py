"""Serializers of answers about jobs, for the OpenAPI document only. jobs/projections/ builds the answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from jobs.models import Job


class JobErrorSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField(
        allow_blank=True, help_text=_("Which part failed. Empty for the whole job.")
    )
    code = serializers.CharField()
    detail = serializers.CharField()


class JobSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(Job.State.values)
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text=_("0 until the job has started."))
    errors = JobErrorSerializer(many=True)  # type: ignore[assignment]  # a field of that name, not the property
    result = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When the job and its result are deleted. null while it waits or runs.")
    )

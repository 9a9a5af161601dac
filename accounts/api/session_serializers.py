"""Serializers of sessions and API tokens. projections/sessions.py builds the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.access.scopes import Scope
from accounts.api.serializers import PasswordField, TypedPasswordField
from core.api.unknown_fields import KnownFieldsSerializer
from core.text.passwords import MIN_PASSWORD
from core.text.text_fields import LineField

SCOPES = [(scope.value, scope.value) for scope in Scope]


class ChangePasswordSerializer(KnownFieldsSerializer):
    current_password = TypedPasswordField()
    new_password = PasswordField(min_length=MIN_PASSWORD)


class SessionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    device = serializers.CharField(allow_null=True, help_text="For example `Firefox on Linux`.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(help_text="Written at most once a minute.")
    is_current = serializers.BooleanField()


class NewApiTokenInputSerializer(KnownFieldsSerializer):
    name = LineField(max_length=80, help_text="What the token is for.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), allow_empty=False, max_length=len(Scope)
    )
    expires_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Without it, the token is valid until it is revoked.",
    )

    def validate_scopes(self, scopes: list[str]) -> list[Scope]:
        return sorted({Scope(scope) for scope in scopes})

    def validate_expires_at(self, expires_at: datetime | None) -> datetime | None:
        if expires_at is not None and expires_at <= timezone.now():
            raise serializers.ValidationError(_("Choose a time in the future."), code="in_the_past")
        return expires_at


class ApiTokenSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="Written at most once a minute.")
    expires_at = serializers.DateTimeField(allow_null=True)


class NewApiTokenSerializer(ApiTokenSerializer):
    token = serializers.CharField(
        allow_null=True,
        help_text="The secret. It is only in this answer; if you repeat the request with the same `Idempotency-Key`, it is null.",
    )

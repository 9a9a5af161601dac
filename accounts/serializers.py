"""The form of input, and of answers for the OpenAPI document. What is answered is made by projections.py."""

from __future__ import annotations

from typing import Any

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.names import NOT_AN_ADDRESS, looks_like_address


class DisplayNameField(serializers.CharField):
    """A name that others see. `null` and `""` leave it as it is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"max_length": 80, "required": False, "allow_null": True, "allow_blank": True} | options
        )

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if looks_like_address(name):
            raise serializers.ValidationError(NOT_AN_ADDRESS, code="looks_like_address")
        return name


class RegisterSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(
        min_length=8, max_length=128, trim_whitespace=False, style={"input_type": "password"}
    )
    display_name = DisplayNameField()


class LoginSerializer(serializers.Serializer[Any]):
    """An address that nobody could have registered is answered like any unknown one."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=128, trim_whitespace=False, style={"input_type": "password"})


class RefreshSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4096)


class TokensSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.ChoiceField(["bearer"])


class EditUserSerializer(serializers.Serializer[Any]):
    display_name = DisplayNameField()
    avatar_url = serializers.CharField(
        max_length=2048,
        required=False,
        allow_null=True,
        allow_blank=True,
        validators=[
            URLValidator(
                schemes=["http", "https"], message=_("Enter an address that begins with http:// or https://.")
            )
        ],
        help_text=_("null clears it"),
    )


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class UserSelfSerializer(PersonSerializer):
    email = serializers.EmailField()
    created_at = serializers.DateTimeField()


class NotificationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    payload = serializers.DictField()
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

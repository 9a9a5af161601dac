"""Serializers of tenants and of the people whom their administrators manage."""

from __future__ import annotations

from typing import Any

from django.core.validators import validate_slug
from rest_framework import serializers

from accounts.api.serializers import DisplayNameField, PasswordField, PersonSerializer
from accounts.projections.tenants import ORDINARY, ROLES, SUPER_ADMIN
from core.api.unknown_fields import KnownFieldsSerializer
from core.mailboxes.address_fields import AddressField
from core.text.passwords import MIN_PASSWORD
from core.text.text_fields import LineField

MAX_SLUG = 60
GIVEN_ROLES = [(role, role) for role in ROLES]
USER_ROLES = [(SUPER_ADMIN, SUPER_ADMIN), *GIVEN_ROLES]


class FirstAdminSerializer(serializers.Serializer[Any]):
    email = AddressField()
    display_name = DisplayNameField(required=True, allow_null=False, allow_blank=False)
    password = PasswordField(
        required=False,
        min_length=MIN_PASSWORD,
        help_text="Without it, they get a mail to set one.",
    )


class NewTenantInputSerializer(KnownFieldsSerializer):
    name = LineField(max_length=120)
    slug = LineField(max_length=MAX_SLUG, required=False, validators=[validate_slug])
    admin = FirstAdminSerializer()


class TenantInputSerializer(KnownFieldsSerializer):
    name = LineField(max_length=120, required=False)
    slug = LineField(max_length=MAX_SLUG, required=False, validators=[validate_slug])
    is_active = serializers.BooleanField(required=False)


class TenantSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    is_active = serializers.BooleanField()
    users_count = serializers.IntegerField()
    lists_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ManagedUserSerializer(PersonSerializer):
    email = serializers.EmailField()
    role = serializers.ChoiceField(USER_ROLES)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class NewTenantSerializer(TenantSerializer):
    admin = ManagedUserSerializer()


class NewUserInputSerializer(KnownFieldsSerializer):
    email = AddressField()
    display_name = DisplayNameField(required=True, allow_null=False, allow_blank=False)
    role = serializers.ChoiceField(GIVEN_ROLES, required=False, default=ORDINARY)


class UserInputSerializer(KnownFieldsSerializer):
    display_name = DisplayNameField(allow_null=False, allow_blank=False)
    role = serializers.ChoiceField(GIVEN_ROLES, required=False)
    is_active = serializers.BooleanField(required=False)


class PeopleQuerySerializer(serializers.Serializer[Any]):
    """What `GET /users` filters by."""

    search = LineField(required=False, allow_blank=True, max_length=200)
    role = serializers.ChoiceField(GIVEN_ROLES, required=False, default=None, allow_null=True)
    is_active = serializers.BooleanField(required=False, default=None, allow_null=True)

"""The people of a list on the wire."""

from __future__ import annotations

from rest_framework import serializers

from wishlist_project.base.unknown_fields import KnownFieldsSerializer
from wishlists.models import Member
from wishlists.serializers.fields import InputSerializer, OptionalText

MAX_RECIPIENTS = 500

SHARED_ROLES = [(role.value, role.label) for role in (Member.Role.VIEWER, Member.Role.EDITOR)]


class ShareInputSerializer(KnownFieldsSerializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(SHARED_ROLES)
    is_recipient = serializers.BooleanField(
        required=False, default=False, help_text="The list is for them, too. False leaves that as it is."
    )


class RecipientsInputSerializer(InputSerializer):
    """Absent or null leaves it as it is; an empty list: for nobody with an account."""

    emptied = {"recipient_name": ""}

    user_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=MAX_RECIPIENTS, required=False, allow_null=True
    )
    recipient_name = OptionalText(max_length=80, style={})


class RecipientSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class RecipientsSerializer(serializers.Serializer):
    recipients = RecipientSerializer(many=True)
    recipient_name = serializers.CharField(
        allow_null=True, help_text="For whom the list is, if they have no account."
    )


class ShareSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(SHARED_ROLES)
    is_recipient = serializers.BooleanField()
    created_at = serializers.DateTimeField()

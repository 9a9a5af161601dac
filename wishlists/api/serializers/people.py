"""Serializers of the people of a list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.unknown_fields import KnownFieldsSerializer
from core.mailboxes.address_fields import KnownLoginNameField
from wishlists.api.serializers.fields import InputSerializer, OptionalLine
from wishlists.models import Member
from wishlists.projections.who_sees import SEES

MAX_RECIPIENTS = 500

SHARED_ROLES = [(role.value, role.label) for role in (Member.Role.VIEWER, Member.Role.EDITOR)]


class ShareInputSerializer(KnownFieldsSerializer):
    email = KnownLoginNameField(help_text=_("An address, or the handle of somebody without one."))
    role = serializers.ChoiceField(SHARED_ROLES)
    is_recipient = serializers.BooleanField(
        required=False, default=False, help_text="Make them a recipient. false changes nothing."
    )


class RoleInputSerializer(KnownFieldsSerializer):
    role = serializers.ChoiceField(SHARED_ROLES)


class RecipientsInputSerializer(InputSerializer):
    """If absent or null, nothing changes. An empty list means that no recipient has an account."""

    emptied = {"recipient_name": ""}

    user_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=MAX_RECIPIENTS, required=False, allow_null=True
    )
    person_ids = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MAX_RECIPIENTS,
        required=False,
        allow_null=True,
        help_text="Some of your people without an account. The list shows their names and nothing else.",
    )
    recipient_name = OptionalLine(max_length=80)


class RecipientSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class WhoSeesSerializer(serializers.Serializer):
    """Who a list is for, and who can see what givers do."""

    recipients = serializers.ListField(
        child=serializers.CharField(), help_text="Names of recipients with an account."
    )
    recipient_name = serializers.CharField(
        allow_null=True, help_text="Name of a recipient without an account."
    )
    recipients_see = serializers.ChoiceField(SEES)
    keeper = serializers.CharField(allow_null=True, help_text="The owner, if they aren't a recipient.")
    givers_see = serializers.ChoiceField(SEES, help_text="What givers can see, the keeper included.")
    link_sees = serializers.ChoiceField(SEES, help_text="What anyone with the link can see.")
    guests_see = serializers.ChoiceField(
        SEES, help_text="What guests can see once they have given their name."
    )
    reveal_at = serializers.DateTimeField(allow_null=True)
    revealed_at = serializers.DateTimeField(allow_null=True)


class RecipientsSerializer(serializers.Serializer):
    recipients = RecipientSerializer(many=True)
    recipient_name = serializers.CharField(
        allow_null=True, help_text="Name of the recipient, if they have no account."
    )
    person_ids = serializers.ListField(
        child=serializers.UUIDField(), help_text="Those of your own people for whom the list is."
    )


class MemberSerializer(serializers.Serializer):
    wishlist_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField([(role.value, role.label) for role in Member.Role])
    is_recipient = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ShareSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(SHARED_ROLES)
    is_recipient = serializers.BooleanField()
    created_at = serializers.DateTimeField()

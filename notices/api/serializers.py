"""Serializers of notification settings. projections/ builds the answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import NotificationChoice
from accounts.projections.notice_kinds import Group
from core.api.unknown_fields import KnownFieldsSerializer
from core.outgoing.targets import MAX_URL
from core.text.text_fields import RawTextField
from notices.models import FeedLink


class ChannelsSerializer(KnownFieldsSerializer):
    kind = RawTextField(max_length=40)
    in_app = serializers.BooleanField(required=False, help_text="In the inbox, live.")
    email = serializers.ChoiceField(choices=NotificationChoice.Email.choices, required=False)
    push = serializers.BooleanField(required=False, help_text="In browsers that the user subscribed.")


class ChoicesInputSerializer(KnownFieldsSerializer):
    kinds = ChannelsSerializer(many=True, help_text="What is not named stays as it is.")


class NotificationChoiceSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # it is a field of the answer
    group = serializers.ChoiceField(choices=[group.value for group in Group])
    in_app = serializers.BooleanField()
    email = serializers.ChoiceField(choices=NotificationChoice.Email.choices)
    push = serializers.BooleanField()
    is_required = serializers.BooleanField(help_text="It is always in the inbox.")
    is_receipt = serializers.BooleanField(help_text="It is a mail only: `at_once` or `off`.")


class PushKeysSerializer(KnownFieldsSerializer):
    p256dh = RawTextField(max_length=100)
    auth = RawTextField(max_length=40)


class PushSubscriptionInputSerializer(KnownFieldsSerializer):
    """What `PushSubscription.toJSON()` gives in a browser."""

    endpoint = RawTextField(max_length=MAX_URL)
    expirationTime = serializers.FloatField(  # noqa: N815 - the browser's name
        required=False, allow_null=True, help_text="Is ignored."
    )
    keys = PushKeysSerializer()


class PushSubscriptionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    device = serializers.CharField(allow_null=True)
    push_service = serializers.CharField(help_text="The host of the browser's push service.")
    created_at = serializers.DateTimeField()


class PushKeySerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(help_text="`applicationServerKey`, in base64url.")


class FeedLinkInputSerializer(KnownFieldsSerializer):
    kind = serializers.ChoiceField(choices=FeedLink.Kind.choices)


class FeedLinkSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=FeedLink.Kind.choices)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True, help_text="Written at most once an hour.")


class NewFeedLinkSerializer(FeedLinkSerializer):
    url = serializers.CharField(
        allow_null=True,
        help_text="The secret address, only in this answer. If you repeat the request with its `Idempotency-Key`, it is null.",
    )

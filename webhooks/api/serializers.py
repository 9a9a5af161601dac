"""Serializers of webhooks. projections.py builds the answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.unknown_fields import KnownFieldsSerializer
from core.outgoing.targets import MAX_URL
from core.text.text_fields import RawTextField
from webhooks.event_types import EVENT_TYPES
from webhooks.models import Webhook


class WebhookInputSerializer(KnownFieldsSerializer):
    url = RawTextField(
        max_length=MAX_URL, help_text="A public address of the internet. Redirects are not followed."
    )
    wishlist_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="Without it: all lists that you own or are on."
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EVENT_TYPES),
        required=False,
        max_length=len(EVENT_TYPES),
        help_text="Without it: all types of events. `resync` always comes.",
    )


class WebhookChangeSerializer(KnownFieldsSerializer):
    is_active = serializers.BooleanField(help_text="false pauses it, true lets it go on.")


class WebhookSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    wishlist_id = serializers.UUIDField(allow_null=True)
    events = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    stopped_because = serializers.ChoiceField(choices=Webhook.Stop.choices, allow_null=True)
    created_at = serializers.DateTimeField()


class NewWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="Verify signatures with it (Standard Webhooks).")


class WebhookDeliverySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    message_id = serializers.CharField()
    wishlist_id = serializers.UUIDField()
    event = serializers.CharField()
    attempt = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True, help_text="null: there was no answer.")
    answer = serializers.CharField(help_text="The beginning of the answer.")
    created_at = serializers.DateTimeField()

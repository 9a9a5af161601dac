"""The input of reports and of what staff do, and the output for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import PersonSerializer
from core.admin.reasons import MAX_REASON
from core.api.unknown_fields import KnownFieldsSerializer
from core.text.text_fields import LineField, LinesField
from moderation.models import Decision, Report
from moderation.queries.accounts import ORDERS
from wishlists.api.serializers.fields import InputSerializer, OptionalText
from wishlists.bounds import MAX_MESSAGE

TARGETS = Report.Target.choices
REASONS = Report.Reason.choices
RESOLUTIONS = Decision.Resolution.choices


class ReportInputSerializer(InputSerializer):
    emptied = {"details": ""}

    target = serializers.ChoiceField(TARGETS)
    target_id = serializers.UUIDField(help_text="The id of the list, item, message or person.")
    reason = serializers.ChoiceField(REASONS)
    details = OptionalText(max_length=MAX_MESSAGE)


class ReportedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    target = serializers.ChoiceField(TARGETS)
    target_id = serializers.UUIDField()
    reason = serializers.ChoiceField(REASONS)
    details = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class ReportSerializer(ReportedSerializer):
    """A report as moderators see it. `about` and `quoted` are null until the giving of the list is opened, if only
    givers see the target."""

    wishlist_id = serializers.UUIDField(allow_null=True)
    wishlist_title = serializers.CharField(allow_null=True)
    about = PersonSerializer(allow_null=True)
    quoted = serializers.CharField(allow_null=True)
    is_about_giving = serializers.BooleanField()
    reported_by = PersonSerializer(allow_null=True)
    resolution = serializers.ChoiceField(RESOLUTIONS, allow_null=True)
    note = serializers.CharField(allow_null=True)
    decided_by = PersonSerializer(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class ReasonSerializer(KnownFieldsSerializer):
    reason = LinesField(max_length=MAX_REASON, help_text="Logged, and told to those concerned.")


class DecisionInputSerializer(KnownFieldsSerializer):
    resolution = serializers.ChoiceField(RESOLUTIONS)
    note = LinesField(max_length=MAX_MESSAGE, help_text="Why. Only moderators read it.")


class HandOverSerializer(ReasonSerializer):
    user_id = serializers.UUIDField(help_text="The new owner.")


class ReportQuerySerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField([("pending", "pending"), ("decided", "decided")], required=False)
    target = serializers.ChoiceField(TARGETS, required=False)


class AccountQuerySerializer(serializers.Serializer[Any]):
    search = LineField(required=False, allow_blank=True, max_length=254)
    is_active = serializers.BooleanField(required=False, allow_null=True, default=None)
    is_staff = serializers.BooleanField(required=False, allow_null=True, default=None)
    tenant = serializers.UUIDField(required=False)
    ordering = serializers.ChoiceField([(name, name) for name in ORDERS], default="email")


class AccountSerializer(PersonSerializer):
    email = serializers.CharField()
    is_active = serializers.BooleanField()
    is_staff = serializers.BooleanField()
    tenant_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class ModeratedListSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    owner = PersonSerializer()
    hidden_at = serializers.DateTimeField(allow_null=True)


class OpenedGiverSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class OpenedRowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    item_id = serializers.UUIDField(allow_null=True)
    item_title = serializers.CharField(allow_null=True)
    by = OpenedGiverSerializer()
    created_at = serializers.DateTimeField()


class OpenedReservationSerializer(OpenedRowSerializer):
    units = serializers.IntegerField()
    stage = serializers.CharField()
    message = serializers.CharField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)


class OpenedContributionSerializer(OpenedRowSerializer):
    amount = serializers.FloatField()
    currency = serializers.CharField()
    status = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class OpenedMessageSerializer(OpenedRowSerializer):
    lane = serializers.CharField()
    answer_to = serializers.UUIDField(allow_null=True)
    text = serializers.CharField()
    removed_at = serializers.DateTimeField(allow_null=True)


class OpenedGivingSerializer(serializers.Serializer[Any]):
    reservations = OpenedReservationSerializer(many=True)
    contributions = OpenedContributionSerializer(many=True)
    messages = OpenedMessageSerializer(many=True)

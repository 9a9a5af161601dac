"""Serializers of exchanges."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers import DisplayNameField, PersonSerializer
from core.api.input_serializers import OPTIONAL, InputSerializer, OptionalLines
from core.mailboxes.address_fields import AddressField
from core.money.money_fields import CurrencyField, MoneyField, validate_money
from core.text.text_fields import LineField, RawTextField
from exchanges.bounds import MAX_PARTICIPANTS, MAX_TEXT, MAX_TOKEN


class ParticipantInputSerializer(InputSerializer):
    emptied = {"email": ""}

    name = DisplayNameField(required=True, allow_null=False, allow_blank=False)
    email = AddressField(
        **OPTIONAL,
        allow_blank=True,
        help_text=_("Where to send the private link. Without it, you hand them the link."),
    )


class ExchangeInputSerializer(InputSerializer):
    emptied = {"day": None, "budget": None, "note": "", "previous_id": None}

    title = LineField(max_length=120)
    day = serializers.DateField(**OPTIONAL)
    budget = MoneyField(**OPTIONAL)
    currency = CurrencyField(**OPTIONAL)
    note = OptionalLines(max_length=MAX_TEXT)
    previous_id = serializers.UUIDField(
        **OPTIONAL, help_text=_("An earlier exchange of yours. The draw avoids its pairs where it can.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = validate_money(
            attrs, "budget", "currency", self.context.get("currency") or settings.DEFAULT_CURRENCY
        )
        if "budget" in given:
            given["budget_minor"] = given.pop("budget")
        return given


class NewExchangeSerializer(ExchangeInputSerializer):
    participants = ParticipantInputSerializer(many=True, required=False, max_length=MAX_PARTICIPANTS)  # type: ignore[call-arg]


class ExchangeChangeSerializer(ExchangeInputSerializer):
    title = LineField(max_length=120, required=False, allow_null=True)


class OneselfSerializer(InputSerializer):
    """What a participant says of themselves. null empties it."""

    emptied = {"wishes": "", "wishlist_id": None}

    wishes = OptionalLines(max_length=MAX_TEXT, help_text=_("What you would like, for whoever draws you."))
    wishlist_id = serializers.UUIDField(
        **OPTIONAL, help_text=_("One of your own lists. Whoever draws you gets its public link.")
    )


class JoinSerializer(OneselfSerializer):
    token = RawTextField(max_length=MAX_TOKEN, help_text=_("The token of the link to join."))
    name = DisplayNameField(help_text=_("Without an account."))


class ExclusionInputSerializer(InputSerializer):
    giver_id = serializers.UUIDField()
    receiver_id = serializers.UUIDField()
    mutual = serializers.BooleanField(
        required=False, default=True, help_text=_("Neither of them gives to the other, such as a couple.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["giver_id"] == attrs["receiver_id"]:
            raise serializers.ValidationError(
                {"receiver_id": [_("Choose two different people.")]}, code="same"
            )
        return attrs


class ParticipantSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    user_id = serializers.UUIDField(allow_null=True)
    email = serializers.CharField(allow_null=True, help_text=_("For the organiser only."))
    joined_at = serializers.DateTimeField()
    has_code = serializers.BooleanField(help_text=_("Whether they chose a code for their private link."))


class NewParticipantSerializer(ParticipantSerializer):
    manage_token = serializers.CharField(
        allow_null=True, help_text=_("The token of the private link of somebody without an account.")
    )


class ExclusionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    giver_id = serializers.UUIDField()
    receiver_id = serializers.UUIDField()
    mutual = serializers.BooleanField()


class ExchangeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    budget = MoneyField(allow_null=True)
    currency = CurrencyField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    organiser = PersonSerializer()
    previous_id = serializers.UUIDField(allow_null=True)
    drawn_at = serializers.DateTimeField(allow_null=True)
    needs_draw = serializers.BooleanField(
        help_text=_("Whether somebody has joined or left since the last draw, or there was none.")
    )
    created_at = serializers.DateTimeField()
    join_token = serializers.CharField(allow_null=True, help_text=_("For the organiser only."))
    my_participant_id = serializers.UUIDField(allow_null=True)
    participants = ParticipantSerializer(many=True)
    exclusions = ExclusionSerializer(many=True, help_text=_("For the organiser only."))


class InvitationToExchangeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    budget = MoneyField(allow_null=True)
    currency = CurrencyField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    organiser = serializers.CharField()
    drawn_at = serializers.DateTimeField(allow_null=True)


class DrawnRecipientSerializer(serializers.Serializer[Any]):
    exchange_id = serializers.UUIDField()
    drawn_at = serializers.DateTimeField()
    name = serializers.CharField()
    wishes = serializers.CharField(allow_null=True)
    wishlists = serializers.ListField(
        child=serializers.UUIDField(), help_text=_("Lists for them that you can open with your account.")
    )
    list_title = serializers.CharField(allow_null=True)
    list_url = serializers.CharField(
        allow_null=True, help_text=_("The list that they chose for this exchange.")
    )


class PrivateLinkSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()
    url = serializers.CharField()

"""The reveal, gifts and thanks on the wire."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.money.money_fields import CurrencyField, MoneyField
from wishlists.api.serializers.fields import InputSerializer, OptionalText
from wishlists.bounds import MAX_MESSAGE
from wishlists.models import Contribution, Reservation


class RevealSerializer(InputSerializer):
    confirm = serializers.BooleanField(
        required=False, allow_null=True, help_text=_("true: I know that this can't be undone.")
    )


class GivenReservationSerializer(serializers.Serializer):
    item_id = serializers.UUIDField()
    item_title = serializers.CharField()
    units = serializers.IntegerField()
    status = serializers.ChoiceField(Reservation.Status.choices)
    stage = serializers.ChoiceField(Reservation.Stage.choices)
    message = serializers.CharField(allow_null=True)
    price = MoneyField(allow_null=True)
    currency = CurrencyField()
    withdrawn = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class GivenContributionSerializer(serializers.Serializer):
    item_id = serializers.UUIDField(allow_null=True, help_text=_("null: for the whole list"))
    item_title = serializers.CharField(allow_null=True)
    amount = MoneyField()
    currency = CurrencyField()
    status = serializers.ChoiceField(Contribution.Status.choices)
    withdrawn = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class GiftsSerializer(serializers.Serializer):
    """What one giver gave. If givers' names are hidden, givers only get their own name."""

    giver_id = serializers.UUIDField(allow_null=True)
    user_id = serializers.UUIDField(allow_null=True)
    display_name = serializers.CharField(allow_null=True)
    is_guest = serializers.BooleanField()
    is_me = serializers.BooleanField()
    reservations = GivenReservationSerializer(many=True)
    contributions = GivenContributionSerializer(many=True)


class ThanksInputSerializer(InputSerializer):
    emptied = {"note": ""}

    note = OptionalText(max_length=MAX_MESSAGE)
    ticked = serializers.BooleanField(required=False, allow_null=True)


class ThanksSerializer(GiftsSerializer):
    note = serializers.CharField(allow_null=True)
    ticked_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    can_send = serializers.BooleanField(help_text=_("Whether a note can be sent to them."))

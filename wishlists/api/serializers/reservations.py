"""Reservations on the wire."""

from __future__ import annotations

from rest_framework import serializers

from core.money.money_fields import CurrencyField, MoneyField
from wishlists.api.serializers.fields import InputSerializer, OptionalText
from wishlists.api.serializers.items import ItemSerializer
from wishlists.bounds import MAX_MESSAGE, MAX_QUANTITY
from wishlists.models import Reservation


class ReservationInputSerializer(InputSerializer):
    emptied = {"message": ""}

    units = serializers.IntegerField(
        min_value=1,
        max_value=MAX_QUANTITY,
        required=False,
        allow_null=True,
        help_text="1, if nothing is said",
    )
    message = OptionalText(max_length=MAX_MESSAGE)
    status = serializers.ChoiceField(Reservation.Status.choices, required=False, allow_null=True)
    stage = serializers.ChoiceField(
        Reservation.Stage.choices,
        required=False,
        allow_null=True,
        help_text="Finer than `status`, and before it where both are sent.",
    )


class ChangeSerializer(serializers.Serializer):
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class OccasionSerializer(serializers.Serializer):
    title = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)


class ReservationSerializer(serializers.Serializer):
    """Of other people's, the public is told neither names nor words nor times."""

    id = serializers.UUIDField()
    item_id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    wishlist_title = serializers.CharField()
    occasion = OccasionSerializer()
    recipients = serializers.ListField(
        child=serializers.CharField(), help_text="For whom the list is, by name."
    )
    item = ItemSerializer()
    units = serializers.IntegerField()
    status = serializers.ChoiceField(Reservation.Status.choices)
    stage = serializers.ChoiceField(Reservation.Stage.choices)
    message = serializers.CharField(allow_null=True)
    price = MoneyField(allow_null=True, help_text="What one unit cost when it was reserved.")
    currency = CurrencyField()
    display_name = serializers.CharField(allow_null=True)
    is_me = serializers.BooleanField()
    is_former_giver = serializers.BooleanField(
        help_text="The list is for this giver now. Only they can give it back."
    )
    is_offer = serializers.BooleanField(
        help_text="Held until `lapses_at` for whoever waited, and not yet taken up."
    )
    lapses_at = serializers.DateTimeField(allow_null=True, help_text="When it is freed, unless it is bought.")
    changes = serializers.DictField(
        child=ChangeSerializer(),
        help_text="Of one's own: fields that say something else than when it was taken.",
    )
    is_snapshot = serializers.BooleanField(
        help_text="You are no longer on the list, or it is for you now: `item` is what you took, and nothing newer."
    )
    withdrawn = serializers.BooleanField(help_text="The item or its list is no longer there.")
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)

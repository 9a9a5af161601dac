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
        help_text="default: 1",
    )
    message = OptionalText(max_length=MAX_MESSAGE)
    status = serializers.ChoiceField(Reservation.Status.choices, required=False, allow_null=True)
    stage = serializers.ChoiceField(
        Reservation.Stage.choices,
        required=False,
        allow_null=True,
        help_text="More precise than `status`. Takes precedence over `status`.",
    )


class ChangeSerializer(serializers.Serializer):
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class OccasionSerializer(serializers.Serializer):
    title = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)


class ReservationSerializer(serializers.Serializer):
    """A reservation. The public doesn't get the names, messages or times of other people's reservations."""

    id = serializers.UUIDField()
    item_id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    wishlist_title = serializers.CharField()
    occasion = OccasionSerializer()
    recipients = serializers.ListField(child=serializers.CharField(), help_text="Names of the recipients.")
    item = ItemSerializer()
    units = serializers.IntegerField()
    status = serializers.ChoiceField(Reservation.Status.choices)
    stage = serializers.ChoiceField(Reservation.Stage.choices)
    message = serializers.CharField(allow_null=True)
    price = MoneyField(allow_null=True, help_text="The price of one unit when it was reserved.")
    currency = CurrencyField()
    display_name = serializers.CharField(allow_null=True)
    is_me = serializers.BooleanField()
    is_former_giver = serializers.BooleanField(
        help_text="This giver became a recipient. Only they can cancel the reservation."
    )
    is_offer = serializers.BooleanField(
        help_text="Held until `lapses_at` for the next person on the waiting list, not accepted yet."
    )
    lapses_at = serializers.DateTimeField(
        allow_null=True, help_text="When the reservation expires, unless it is marked as bought."
    )
    changes = serializers.DictField(
        child=ChangeSerializer(),
        help_text="Only for your own reservations: fields that changed since you reserved the item.",
    )
    is_snapshot = serializers.BooleanField(
        help_text="You are no longer on the list, or you became a recipient. `item` shows what you reserved."
    )
    withdrawn = serializers.BooleanField(help_text="The item or its list was removed.")
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)

"""What belongs to a giver's desk, on the wire."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.money.money_fields import CurrencyField, MoneyField, validate_money
from wishlists.api.serializers.fields import InputSerializer

MAX_CHECKED_OUT = 200


class CheckoutSerializer(InputSerializer):
    ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_empty=False,
        max_length=MAX_CHECKED_OUT,
        help_text="Ids of your reservations, on one list or several.",
    )


class BudgetInputSerializer(InputSerializer):
    """A budget for a list."""

    # Validated, the amount is `amount_minor` in the minor unit of `currency`.

    amount = MoneyField()
    currency = CurrencyField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = validate_money(attrs, "amount", "currency", settings.DEFAULT_CURRENCY)
        return {"amount_minor": given["amount"], "currency": given["currency"]}


class SpendingSerializer(serializers.Serializer):
    currency = CurrencyField()
    planned = MoneyField()
    bought = MoneyField()


class BudgetSerializer(serializers.Serializer):
    wishlist_id = serializers.UUIDField()
    amount = MoneyField(allow_null=True, help_text="null: no budget")
    currency = CurrencyField(allow_null=True)
    planned = MoneyField(help_text="Reserved but not bought, or pledged, in the currency of the budget.")
    bought = MoneyField(help_text="Bought or paid, in the currency of the budget.")
    other_currencies = SpendingSerializer(
        many=True, help_text="What is planned and bought in other currencies."
    )

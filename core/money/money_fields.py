"""Serializer fields for money. An amount and its currency are two fields, which are validated together."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money.iso4217 import EXPONENTS
from core.money.money import MAX_MINOR, MoneyError, TooManyDecimals, to_decimal, to_minor

CURRENCIES = [(code, code) for code in sorted(EXPONENTS)]
_NUMERAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": MAX_MINOR})
class MoneyField(serializers.Field[Decimal, Any, Any, Any]):
    """A JSON number in the major unit (or its text, from forms), not negative. `validate_money` converts to minor units."""

    default_error_messages = {
        "invalid": MoneyError.sentence,
        "negative": _("The amount must be zero or more."),
        "zero": _("The amount must be more than zero."),
    }

    def __init__(self, *, above_zero: bool = False, **kwargs: Any) -> None:
        self.above_zero = above_zero
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        if isinstance(data, str) and not _NUMERAL.fullmatch(data.strip()):
            self.fail("invalid")
        amount = Decimal(repr(data) if isinstance(data, float) else data)
        if not amount.is_finite():
            self.fail("invalid")
        if amount < 0:
            self.fail("negative")
        if self.above_zero and not amount:
            self.fail("zero")
        return amount

    def to_representation(self, value: Any) -> Any:
        """Return the value unchanged: the renderer writes `Money`."""
        return value


class CurrencyField(serializers.ChoiceField):
    """An ISO 4217 code, in upper or lower case."""

    default_error_messages = {"invalid_choice": _("Enter a currency code such as EUR.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=CURRENCIES, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data.strip().upper() if isinstance(data, str) else data))


def validate_money(
    attrs: dict[str, Any],
    amount_field: str,
    currency_field: str,
    default_currency: str,
    *,
    current_minor: int | None = None,
) -> dict[str, Any]:
    """Return `attrs` with the amount in minor units, and with its currency.

    To change an existing row, pass its currency as `default_currency` and its amount as `current_minor`. If only the
    currency changes, the displayed number stays (500 JPY becomes 500 EUR, not 5).
    """
    currency = attrs.get(currency_field) or default_currency
    amount = attrs.get(amount_field)
    if amount_field not in attrs and current_minor is not None and currency != default_currency:
        amount = to_decimal(current_minor, default_currency)
    if amount is not None:
        try:
            _refuse_thousands(amount, currency)
            attrs[amount_field] = to_minor(amount, currency)
        except MoneyError as error:
            raise serializers.ValidationError(
                {amount_field: [str(error.sentence)]}, code=error.code
            ) from error
    if amount_field in attrs or currency_field in attrs:
        attrs[currency_field] = currency
    return attrs


def _refuse_thousands(amount: Decimal, currency: str) -> None:
    """Refuse the text "25.000" for a currency with fewer than three decimals, as it may mean twenty-five thousand.

    JSON numbers are not affected: as floats they have no trailing zeros.
    """
    if amount.as_tuple().exponent == -3 and EXPONENTS[currency] < 3:
        raise TooManyDecimals(currency)

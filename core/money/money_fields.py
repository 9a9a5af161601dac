"""Money at the door: a number and a code come in as two fields, and only both together can be judged."""

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
    """A JSON number in the major unit (forms send its text), not below zero. `validate_money` makes it minor units."""

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
        """What projections made with `to_wire` is already what goes over the wire."""
        return value


class CurrencyField(serializers.ChoiceField):
    """An ISO 4217 code in either case."""

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
    """`attrs` with the amount as an integer of the minor unit and the currency that it is counted in.

    For a change of an existing row, `default_currency` is the row's and `current_minor` its amount: a new currency
    for an old amount keeps what people read (500 JPY becomes 500 EUR, not 5).
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
    """Refuse the text "25.000" for a currency with fewer decimals: it may be twenty-five thousand. A JSON number has no
    zeros at its end, so it never looks like that."""
    if amount.as_tuple().exponent == -3 and EXPONENTS[currency] < 3:
        raise TooManyDecimals(currency)

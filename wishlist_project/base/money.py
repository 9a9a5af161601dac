"""Money: inside an integer of the currency's minor unit beside its code, on the wire a JSON number in the major unit.

Nothing is ever rounded: an amount with more decimals than its currency has is refused. Amounts have at most fifteen
digits, and a double holds any fifteen decimal digits, so that clients that read JSON numbers as doubles lose nothing.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import overload

from django.utils import formats, translation
from django.utils.translation import gettext_lazy as _

from wishlist_project.base.iso4217 import EXPONENTS

MAX_MINOR = 10**15 - 1
_UNITS: dict[str, int] = {code: 10**exponent for code, exponent in EXPONENTS.items()}

Amount = Decimal | int | float | str


class MoneyError(ValueError):
    """An amount that cannot be stored exactly as it was said."""

    code = "invalid_amount"
    sentence = _("Send the amount as a number, for example 49.9.")

    def __init__(self) -> None:
        super().__init__(self.sentence)


class UnknownCurrency(MoneyError):
    code = "unknown_currency"
    sentence = _("Send the currency as an ISO 4217 code, for example EUR.")


class TooManyDecimals(MoneyError):
    code = "too_many_decimals"
    sentence = _("The amount has more decimals than its currency.")


class AmountOutOfRange(MoneyError):
    code = "amount_out_of_range"
    sentence = _("The amount is too large.")


def to_minor(amount: Amount, currency: str) -> int:
    """`49.9, "EUR"` → `4990`. Exact, or a `MoneyError`."""
    exponent = _exponent(currency)
    number = _decimal(amount)
    if not number:
        return 0
    # Both ends are looked at before any arithmetic, for "1e999999999" is a number of ten characters.
    if number.adjusted() + exponent > 15:
        raise AmountOutOfRange
    if number.adjusted() + exponent < 0:
        raise TooManyDecimals
    numerator, denominator = number.as_integer_ratio()
    minor, rest = divmod(numerator * _UNITS[currency], denominator)
    if rest:
        raise TooManyDecimals
    if abs(minor) > MAX_MINOR:
        raise AmountOutOfRange
    return minor


@overload
def to_wire(minor: int, currency: str) -> int | float: ...
@overload
def to_wire(minor: int | None, currency: str) -> int | float | None: ...
def to_wire(minor: int | None, currency: str) -> int | float | None:
    """`4990, "EUR"` → `49.9`; `5000, "EUR"` → `50`. The division is correctly rounded, so its shortest text is exact."""
    if minor is None:
        return None
    unit = _UNITS[currency]
    return minor / unit if minor % unit else minor // unit


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount in the major unit with all decimals of its currency: `4990, "EUR"` → `Decimal("49.90")`."""
    return Decimal(minor).scaleb(-_exponent(currency))


def format_money(minor: int, currency: str, language: str | None = None) -> str:
    """For people, as their language writes numbers: `49.90 EUR`, `1.249,90 EUR`. No symbols: `$` is twenty currencies."""
    with translation.override(language or translation.get_language()):
        number = formats.number_format(
            to_decimal(minor, currency), decimal_pos=EXPONENTS[currency], use_l10n=True, force_grouping=True
        )
    return f"{number}\N{NO-BREAK SPACE}{currency}"


def _exponent(currency: str) -> int:
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency from None


def _decimal(amount: Amount) -> Decimal:
    """A float stands for its shortest text: 49.9 is what the client wrote, not 49.89999999999999857891452847979962825."""
    if isinstance(amount, bool):
        raise MoneyError
    try:
        number = Decimal(repr(amount) if isinstance(amount, float) else amount)
    except InvalidOperation:
        raise MoneyError from None
    if not number.is_finite():
        raise MoneyError
    return number

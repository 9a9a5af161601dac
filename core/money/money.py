"""Convert money between its stored form (an integer of minor units, and a currency code) and its form in the API and on pages.

Everything in between passes `Money` on. In the API an amount is a JSON number in the major unit. Amounts are never
rounded: one with more decimals than its currency is refused. Amounts have at most fifteen digits, which a double holds
exactly, so clients that read JSON numbers as doubles lose nothing.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from babel.core import Locale
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.money.iso4217 import EXPONENTS
from core.text.locales import locale_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_MINOR = 10**15 - 1
_UNITS: dict[str, int] = {code: 10**exponent for code, exponent in EXPONENTS.items()} | {"XXX": 1}

Amount = Decimal | int | float | str


class MoneyError(ValueError):
    """An amount that cannot be stored exactly."""

    code = "invalid_amount"
    sentence: _StrPromise | str = _("Enter an amount such as 49.90.")

    def __str__(self) -> str:
        return str(self.sentence)


class UnknownCurrency(MoneyError):
    code = "unknown_currency"
    sentence = _("Enter a currency code such as EUR.")


class TooManyDecimals(MoneyError):
    """An amount with more decimals than `currency` has."""

    code = "too_many_decimals"

    def __init__(self, currency: str) -> None:
        super().__init__()
        decimals = EXPONENTS[currency]
        if decimals == 0:
            self.sentence = _("Enter a whole amount, without decimals.")
        elif decimals == 2:
            self.sentence = _("Use at most two decimals.")
        else:
            self.sentence = format_lazy(_("Use at most {decimals} decimals."), decimals=decimals)


class AmountOutOfRange(MoneyError):
    code = "amount_out_of_range"
    sentence = _("This amount is too large.")


def to_minor(amount: Amount, currency: str) -> int:
    """Return the amount in minor units: `49.9, "EUR"` → `4990`. Raises MoneyError if that is not exact."""
    exponent = _exponent(currency)
    number = _decimal(amount)
    if not number:
        return 0
    # Check both ends before any arithmetic: "1e999999999" is short, but the number would fill the memory.
    if number.adjusted() + exponent > 15:
        raise AmountOutOfRange
    if number.adjusted() + exponent < 0:
        raise TooManyDecimals(currency)
    numerator, denominator = number.as_integer_ratio()
    minor, rest = divmod(numerator * _UNITS[currency], denominator)
    if rest:
        raise TooManyDecimals(currency)
    if abs(minor) > MAX_MINOR:
        raise AmountOutOfRange
    return minor


class Money(NamedTuple):
    """An amount in minor units, and the ISO 4217 code of its currency.

    Rows of projections carry it until they are written: an answer in JSON or CSV and an event write `wire`, and a page
    writes it as text in the reader's language. Don't store it in a JSON column: there it would be a list.
    """

    minor: int
    currency: str

    @property
    def wire(self) -> int | float:
        """The amount in the major unit: `Money(4990, "EUR")` → `49.9`; `Money(5000, "EUR")` → `50`.

        The division is correctly rounded, so the shortest text of the float is exact.
        """
        minor, currency = self
        if not minor:  # mostly: few items have contributions
            return 0
        unit = _UNITS[currency]
        return minor / unit if minor % unit else minor // unit

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)


NO_MONEY = Money(0, "XXX")
"""Nothing, in no currency: `XXX` of ISO 4217. An answer shows 0 where somebody may not see an amount; pages don't write it."""


def to_decimal(minor: int, currency: str) -> Decimal:
    """Return the amount in the major unit, with all decimals of its currency: `4990, "EUR"` → `Decimal("49.90")`."""
    return Decimal(minor).scaleb(-_exponent(currency))


def format_money(minor: int, currency: str, language: str | None = None) -> str:
    """Return the amount with its currency in the user's language: `€49.90`, `CHF 49.90`, `CA$5.00`; in German `1.249,90 €`.

    `money()` in static/js/live.js formats amounts in the same way.
    """
    locale = _locale(language)
    pattern = _money_pattern(locale, currency)
    return str(pattern.apply(to_decimal(minor, currency), locale, currency=currency, currency_digits=False))


def format_amount(minor: int, currency: str, language: str | None = None) -> str:
    """Return the amount for an input field, without groups and currency: `1249,90`."""
    locale = _locale(language)
    pattern = _pattern(locale, _exponent(currency))
    return format_decimal(to_decimal(minor, currency), pattern, locale, group_separator=False)


def _locale(language: str | None) -> Locale:
    locale = locale_of(language or translation.get_language()) or locale_of("en")
    assert locale is not None
    return locale


@cache
def _money_pattern(locale: Locale, currency: str) -> NumberPattern:
    """Return the locale's pattern for money, with all decimals of the currency, and a space between letters and digits."""
    decimals = _exponent(currency)
    fraction = f".{'0' * decimals}" if decimals else ""
    pattern = locale.currency_formats["standard"].pattern.replace(".00", fraction)
    if get_currency_symbol(currency, locale)[-1:].isalpha():
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#").replace("¤0", "¤\N{NO-BREAK SPACE}0")
    return parse_pattern(pattern)


@cache
def _pattern(locale: Locale, decimals: int) -> str:
    """Return the locale's number pattern with the given number of decimals, because locales would round to fewer."""
    whole = locale.decimal_formats[None].pattern.partition(".")[0]
    return f"{whole}.{'0' * decimals}" if decimals else str(whole)


def _exponent(currency: str) -> int:
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency from None


def _decimal(amount: Amount) -> Decimal:
    """Return the amount as a Decimal. A float is read as its shortest text.

    The client wrote 49.9, not 49.89999999999999857891452847979962825.
    """
    if isinstance(amount, bool):
        raise MoneyError
    try:
        number = Decimal(repr(amount) if isinstance(amount, float) else amount)
    except InvalidOperation:
        raise MoneyError from None
    if not number.is_finite():
        raise MoneyError
    return number

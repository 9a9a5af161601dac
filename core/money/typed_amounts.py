"""Parse amounts as people type them into minor units. An ambiguous text is an error that says what to write.

A comma or a point may group thousands or start the decimals, so a text has one or two readings. Of two, the reading in the
user's language is used if the other is implausible: nobody writes three decimals for a currency that has two. Otherwise
the error shows both. Other separators (spaces, apostrophes, the Arabic ones) have only one meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils import translation
from django.utils.translation import gettext as _

from core.money.currency_signs import is_sign, plain_sign, signs_of
from core.money.iso4217 import EXPONENTS
from core.money.money import (
    AmountOutOfRange,
    MoneyError,
    TooManyDecimals,
    UnknownCurrency,
    format_amount,
    format_money,
    to_minor,
)
from core.text.locales import locale_of

MAX_TYPED = 64
"""Maximum length in characters. Every amount that our pages print, with its sign in any language, is shorter."""
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʹ′`´＇٬"), "'")
_DASHES = dict.fromkeys(map(ord, "−‐‑‒–—―﹣－"), "-")
_PARTS = re.compile(
    r"(?P<before>[^0-9]*?)"
    r"(?P<number>(?:(?<![^\W\d_])[.,٫])?[0-9](?:[0-9 '.,٫]*[0-9])?)"
    r"(?P<after>[^0-9]*)"
)
_NO_DECIMALS = re.compile(r"\s?[.,:]\s?-{1,2}|[.,]")
"""Notations for zero decimals, as in `5,-`, `5.–` and `5:-`; or a separator without decimals."""


class NotAnAmount(MoneyError):
    """A text that is not an amount in any language."""

    def __init__(self) -> None:
        super().__init__()
        example = format_amount(124990, "EUR")
        self.sentence = _("Enter an amount such as %(example)s.") % {"example": example}


class AmbiguousAmount(MoneyError):
    """A text with two readings. `readings` has those that can be stored, in minor units."""

    code = "ambiguous_amount"

    def __init__(self, readings: tuple[int, ...], currency: str) -> None:
        super().__init__()
        self.readings = readings
        told = [format_money(minor, currency) for minor in readings]
        if len(told) == 1:
            self.sentence = _("Do you mean %(amount)s? Then enter it like that.") % {"amount": told[0]}
        else:
            words = {"one": told[0], "other": told[1]}
            self.sentence = _("Do you mean %(one)s or %(other)s? Enter one of them.") % words


class InAnotherCurrency(MoneyError):
    """An amount with the sign of another currency."""

    code = "other_currency"

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.sentence = _("Enter this amount in %(currency)s.") % {"currency": currency}


@dataclass(frozen=True)
class Reading:
    """One reading of a text. `is_native` says whether the language writes numbers that way."""

    value: Decimal
    decimals: int
    is_native: bool

    def is_usual(self, currency: str) -> bool:
        """Return whether the reading has no more decimals than `currency`."""
        return self.decimals <= EXPONENTS[currency]


def read_amount(text: str, currency: str, language: str | None = None) -> int:
    """Return a typed amount in minor units. `language` is by default the active one. Raises MoneyError."""
    language = language or translation.get_language()
    negative, readings = _readings(text, currency, language)
    with translation.override(language):
        minor = _decide(readings, currency)
    return -minor if negative else minor


def read_printed(text: str, currency: str, language: str | None) -> int | None:
    """Return a price from another site's page in minor units, or None if it is uncertain. `language` may be unknown (None)."""
    try:
        negative, readings = _readings(text, currency, language)
        usual = [reading for reading in readings if reading.is_usual(currency)]
        if not negative and len(usual) == 1:
            return to_minor(usual[0].value, currency)
        return None if negative else _decide(readings, currency)
    except MoneyError:
        return None


def _decide(readings: list[Reading], currency: str) -> int:
    if len(readings) == 2:
        native = next((reading for reading in readings if reading.is_native), None)
        other = next(reading for reading in readings if reading is not native)
        if native is None or not _is_surely(native, other, currency):
            raise AmbiguousAmount(_storable(readings, currency), currency)
        return to_minor(native.value, currency)
    [only] = readings
    if not only.is_native and not only.is_usual(currency):
        raise TooManyDecimals(currency)
    return to_minor(only.value, currency)


def _is_surely(native: Reading, other: Reading, currency: str) -> bool:
    """Return whether the native reading is meant: our pages print all decimals, so users type amounts in that form too."""
    if native.decimals and native.decimals == EXPONENTS[currency]:
        return True
    return native.is_usual(currency) and not other.is_usual(currency)


def _storable(readings: list[Reading], currency: str) -> tuple[int, ...]:
    found = []
    for reading in readings:
        try:
            found.append(to_minor(reading.value, currency))
        except MoneyError:
            continue
    return tuple(sorted(found, reverse=True))


def _readings(text: str, currency: str, language: str | None) -> tuple[bool, list[Reading]]:
    """Return whether the amount is negative, and its one or two readings."""
    if currency not in EXPONENTS:
        raise UnknownCurrency
    if len(text) > MAX_TYPED:
        raise AmountOutOfRange if sum(map(str.isdigit, text)) > MAX_TYPED // 2 else NotAnAmount
    parts = _PARTS.fullmatch(_plain(text))
    if parts is None:
        raise NotAnAmount
    before, number, after = parts["before"], parts["number"], parts["after"]
    negative = before.count("-") == 1
    rest = _NO_DECIMALS.sub("", after, count=1) if _NO_DECIMALS.match(after) else after
    for sign in (before.replace("-", "", 1).replace("+", "", 1), rest):
        _refuse_other_sign(sign, currency, language)
    found = [_read(number, decimal, group, language) for decimal, group in ((".", ","), (",", "."))]
    readings = [reading for reading in found if reading is not None]
    if not readings:
        raise NotAnAmount
    if len(readings) == 2 and readings[0].value == readings[1].value:
        readings = [max(readings, key=lambda reading: reading.is_native)]
    return negative, readings


def _plain(text: str) -> str:
    """Return `text` with ASCII digits, one kind of space, apostrophe and dash, and without direction marks."""
    marked = text.translate(_APOSTROPHES | _DASHES)
    folded = unicodedata.normalize("NFKC", marked).translate(_DASHES)
    plain = []
    for character in folded:
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            plain.append(str(digit))
        elif unicodedata.category(character) != "Cf":
            plain.append(" " if character.isspace() else character.replace("،", ","))
    return "".join(plain).strip()


def _refuse_other_sign(text: str, currency: str, language: str | None) -> None:
    sign = plain_sign(text)
    if not sign or sign in signs_of(currency, language):
        return
    raise InAnotherCurrency(currency) if is_sign(sign) else NotAnAmount


def _read(number: str, decimal: str, group: str, language: str | None) -> Reading | None:
    """Read the number with `decimal` before the decimals and `group` between groups, or return None if it is not valid so."""
    whole, mark, decimals = number.replace("٫", decimal).partition(decimal)
    if (mark and not decimals.isdigit()) or not _is_whole(whole, group):
        return None
    digits = "".join(filter(str.isdigit, whole))
    value = Decimal(f"{digits or 0}.{decimals or 0}")
    own_decimal, own_group = _marks(language)
    says_decimal = not mark or decimal == own_decimal or "٫" in number
    says_group = group not in whole or group == own_group
    return Reading(value, len(decimals), says_decimal and says_group)


def _is_whole(whole: str, group: str) -> bool:
    """Return whether `whole` is digits, or groups of three, or groups of two before a last one of three (lakh).

    All groups must have the same separator.
    """
    marks = {character for character in whole if not character.isdigit()}
    if not marks:
        return True
    if len(marks) > 1 or not marks <= {group, " ", "'"}:
        return False
    mark = marks.pop()
    first, *others, last = whole.split(mark)
    size = 2 if others and len(others[0]) == 2 else 3
    # A space or an apostrophe never starts decimals, and Swiss German separates only the last group: 9999999'999.99.
    longest = len(first) if mark != group and not others else size
    return (
        1 <= len(first) <= longest
        and not first.startswith("0")
        and len(last) == 3
        and all(len(part) == size for part in others)
    )


@lru_cache(maxsize=256)
def _marks(language: str | None) -> tuple[str, str]:
    """Return the decimal and the group separator of a language for ASCII digits, or empty texts if unknown."""
    locale = locale_of(language)
    if locale is None:
        return "", ""
    return (
        get_decimal_symbol(locale, numbering_system="latn"),
        get_group_symbol(locale, numbering_system="latn"),
    )

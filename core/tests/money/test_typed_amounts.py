"""Amounts as people type them in many languages.

Add cases to data/typed_amounts.json: language, currency, text, and the minor units, "ambiguous" or "refused".
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from babel.core import Locale
from babel.numbers import format_currency
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.money.iso4217 import EXPONENTS
from core.money.money import MAX_MINOR, MoneyError, format_amount, format_money, to_decimal
from core.money.typed_amounts import (
    MAX_TYPED,
    AmbiguousAmount,
    InAnotherCurrency,
    read_amount,
    read_printed,
)

pytestmark = pytest.mark.once

DATA = json.loads((Path(__file__).parent / "data/typed_amounts.json").read_text())
LANGUAGES = sorted({language for language, *_ in DATA})
CURRENCIES = sorted(code for code, exponent in EXPONENTS.items() if exponent in (0, 2, 3))


def read(text: str, currency: str, language: str) -> int | str:
    try:
        return read_amount(text, currency, language)
    except AmbiguousAmount:
        return "ambiguous"
    except MoneyError:
        return "refused"


def test_typed_amounts_are_read_by_the_rules_of_the_language() -> None:
    found = [
        [language, currency, text, read(text, currency, language)] for language, currency, text, _ in DATA
    ]
    assert found == DATA
    assert len({language.partition("-")[0] for language in LANGUAGES}) >= 12


@given(st.sampled_from(LANGUAGES), st.sampled_from(CURRENCIES), st.integers(0, MAX_MINOR))
def test_amount_printed_by_our_pages_is_read_back(language: str, currency: str, minor: int) -> None:
    for printed in (format_money(minor, currency, language), format_amount(minor, currency, language)):
        assert len(printed) <= MAX_TYPED
        assert read_amount(printed, currency, language) == minor


@given(st.sampled_from(LANGUAGES), st.sampled_from(CURRENCIES), st.integers(0, MAX_MINOR), st.booleans())
def test_amount_printed_by_the_locale_is_read_back(
    language: str, currency: str, minor: int, own: bool
) -> None:
    """With the currency sign where the language puts it, in native or in European digits."""
    locale = Locale.parse(language, sep="-")
    digits = "0" * EXPONENTS[currency]
    for standard in (locale.currency_formats["standard"].pattern, locale.decimal_formats[None].pattern):
        pattern = re.sub(r"\.[0#]+", f".{digits}" if digits else "", standard.partition(";")[0])
        printed = format_currency(
            to_decimal(minor, currency),
            currency,
            pattern,
            locale,
            currency_digits=False,
            numbering_system="default" if own else "latn",
        )
        assert read_amount(printed, currency, language) == minor


@given(st.sampled_from(LANGUAGES), st.sampled_from(CURRENCIES), st.text("0123456789.,' -€$", max_size=12))
def test_no_amount_is_read_as_a_thousandth(language: str, currency: str, text: str) -> None:
    """The value has the digits of the text, with a decimal point that fits the decimals of the currency or of the text."""
    try:
        minor = read_amount(text, currency, language)
    except MoneyError:
        return
    digits = int("".join(filter(str.isdigit, text)))
    value = abs(to_decimal(minor, currency))
    shifts = [Decimal(digits).scaleb(-places) for places in range(len(text))]
    assert value in shifts
    if digits and shifts.index(value) > EXPONENTS[currency]:
        assert not text.rstrip(" -€$.,").endswith("000") or shifts.index(value) > 3


def test_ambiguous_amount_error_shows_both_readings_in_the_language() -> None:
    with translation.override("en"), pytest.raises(AmbiguousAmount) as asked:
        read_amount("25.000", "COP")
    assert "COP\xa025,000.00 or COP\xa025.00" in str(asked.value)
    assert asked.value.readings == (2500000, 2500)
    with translation.override("de"), pytest.raises(AmbiguousAmount) as asked:
        read_amount("1,299", "JPY")
    assert "1.299\xa0¥?" in str(asked.value)


@given(st.sampled_from(LANGUAGES), st.sampled_from(CURRENCIES), st.integers(1, 999_999))
def test_every_offered_reading_can_be_read(language: str, currency: str, number: int) -> None:
    for mark in ".,":
        try:
            read_amount(f"{number // 1000}{mark}{number % 1000:03}", currency, language)
        except AmbiguousAmount as asked:
            for minor in asked.readings:
                assert read_amount(format_money(minor, currency, language), currency, language) == minor
        except MoneyError:
            assert number < 1000


def test_sign_of_another_currency_is_refused() -> None:
    with pytest.raises(InAnotherCurrency, match="Enter this amount in EUR"):
        read_amount("£5", "EUR", "en")


@given(st.text(max_size=80), st.sampled_from(CURRENCIES))
def test_any_text_is_read_or_refused_without_a_crash(text: str, currency: str) -> None:
    read(text, currency, "en")
    assert (read_printed(text, currency, None) or 0) >= 0


@pytest.mark.parametrize(
    ("text", "currency", "language", "minor"),
    [
        (",99", "EUR", None, 99),
        ("1,299", "KWD", None, None),
        ("1,299", "KWD", "en", None),
        ("1.299", "KWD", "en", 1299),
        ("1.299,00 €", "EUR", None, 129900),
        ("1.299 €", "EUR", None, 129900),
        ("1 299 kr", "SEK", None, 129900),
        ("¥1,299", "JPY", None, 1299),
        ("CHF 1'299.–", "CHF", None, 129900),
        ("-5", "EUR", None, None),
        ("10 - 20", "EUR", None, None),
        ("5 $", "EUR", None, None),
        ("from 5", "EUR", None, None),
    ],
)
def test_uncertain_price_on_a_page_is_none(
    text: str, currency: str, language: str | None, minor: int | None
) -> None:
    assert read_printed(text, currency, language) == minor

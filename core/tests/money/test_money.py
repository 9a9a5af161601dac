from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from core.api.csv_answers import csv_bytes
from core.api.renderers import encode
from core.money.iso4217 import EXPONENTS
from core.money.money import (
    MAX_MINOR,
    NO_MONEY,
    AmountOutOfRange,
    Money,
    MoneyError,
    TooManyDecimals,
    UnknownCurrency,
    format_money,
    to_decimal,
    to_minor,
)
from core.money.money_fields import CurrencyField, MoneyField, validate_money

currencies = st.sampled_from(sorted(EXPONENTS))
minors = st.integers(-MAX_MINOR, MAX_MINOR)


def test_exponents_are_those_of_iso_4217() -> None:
    assert len(EXPONENTS) == 165
    assert {code for code, exponent in EXPONENTS.items() if exponent == 3} == {
        "BHD",
        "IQD",
        "JOD",
        "KWD",
        "LYD",
        "OMR",
        "TND",
    }
    assert {code for code, exponent in EXPONENTS.items() if exponent == 4} == {"CLF", "UYW"}
    assert [
        EXPONENTS[code] for code in ("JPY", "KRW", "ISK", "UGX", "EUR", "HUF", "RSD", "LBP", "MGA", "MRU")
    ] == [
        0,
        0,
        0,
        0,
        2,
        2,
        2,
        2,
        2,
        2,
    ]
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in EXPONENTS)


@given(minors, currencies)
def test_amount_survives_a_round_trip(minor: int, currency: str) -> None:
    wire = json.loads(json.dumps(Money(minor, currency).wire))
    assert to_minor(wire, currency) == minor
    assert to_minor(float(wire), currency) == minor
    assert to_minor(to_decimal(minor, currency), currency) == minor


@given(minors, currencies)
def test_wire_amount_has_no_more_decimals_than_its_currency(minor: int, currency: str) -> None:
    exponent = Decimal(repr(Money(minor, currency).wire)).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    assert -exponent <= EXPONENTS[currency]


@given(st.one_of(st.floats(), st.integers(), st.decimals(), st.text()), currencies)
@pytest.mark.both
def test_amount_is_stored_exactly_or_refused(amount: Any, currency: str) -> None:
    try:
        minor = to_minor(amount, currency)
    except MoneyError:
        return
    assert abs(minor) <= MAX_MINOR
    assert to_decimal(minor, currency) == Decimal(repr(amount) if isinstance(amount, float) else amount)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        (49.9, "EUR", 4990),
        (50, "EUR", 5000),
        ("0.1", "EUR", 10),
        (500, "JPY", 500),
        (1.234, "KWD", 1234),
        (0, "CLF", 0),
        ("10.00", "JPY", 10),
        (Decimal("-0.0001"), "UYW", -1),
        (9_999_999_999_999.99, "EUR", MAX_MINOR),
        ("0e999999999", "EUR", 0),
    ],
)
def test_amount_becomes_minor_units(amount: Any, currency: str, minor: int) -> None:
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "error"),
    [
        (0.5, "JPY", TooManyDecimals),
        (1.001, "EUR", TooManyDecimals),
        (0.1 + 0.2, "EUR", TooManyDecimals),
        ("1e-999999999", "EUR", TooManyDecimals),
        ("1e999999999", "EUR", AmountOutOfRange),
        (1e13, "EUR", AmountOutOfRange),
        (10**400, "JPY", AmountOutOfRange),
        (True, "EUR", MoneyError),
        (float("nan"), "EUR", MoneyError),
        (float("-inf"), "EUR", MoneyError),
        ("ten", "EUR", MoneyError),
        (1, "XAU", UnknownCurrency),
        (1, "eur", UnknownCurrency),
    ],
)
def test_inexact_amount_is_refused(amount: Any, currency: str, error: type[MoneyError]) -> None:
    with pytest.raises(error):
        to_minor(amount, currency)


def test_wire_amount_is_the_shortest_number() -> None:
    assert [json.dumps(Money(minor, "EUR").wire) for minor in (4990, 5000, 1, 0, -5)] == [
        "49.9",
        "50",
        "0.01",
        "0",
        "-0.05",
    ]
    assert Money(500, "JPY").wire == 500
    assert json.dumps(Money(12500, "KWD").wire) == "12.5"


@given(minors, currencies)
def test_answers_and_events_write_the_number(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert encode({"price": money, "sums": [money]}) == encode({"price": money.wire, "sums": [money.wire]})
    assert encode(NO_MONEY) == b"0"


def test_spreadsheets_get_all_decimals_and_pages_the_language_of_their_reader() -> None:
    row = {"yen": Money(500, "JPY"), "euros": Money(4990, "EUR"), "dinars": Money(12500, "KWD"), "none": None}
    assert csv_bytes([row], row).decode("utf-8-sig").splitlines()[1] == "500,49.90,12.500,"
    page = Template("{{ euros }} {{ dinars }}{{ none|default_if_none:'' }}")
    with translation.override("de"):
        assert page.render(Context(row)) == "49,90\xa0€ 12,500\xa0KWD"


def test_format_money_follows_the_language() -> None:
    assert format_money(4990, "EUR", "en") == "€49.90"
    assert format_money(124990, "EUR", "de") == "1.249,90\xa0€"
    assert format_money(500, "JPY", "en") == "¥500"
    assert format_money(1234567, "KWD", "en") == "KWD\xa01,234.567"


class Price(serializers.Serializer[Any]):
    price = MoneyField(required=False, allow_null=True)
    currency = CurrencyField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return validate_money(attrs, "price", "currency", "EUR")


@pytest.mark.parametrize(
    ("data", "attrs"),
    [
        ({"price": 49.9}, {"price": 4990, "currency": "EUR"}),
        ({"price": "49.90", "currency": "usd"}, {"price": 4990, "currency": "USD"}),
        ({"price": 500, "currency": "JPY"}, {"price": 500, "currency": "JPY"}),
        ({"price": 25.000, "currency": "COP"}, {"price": 2500, "currency": "COP"}),
        ({"price": "1.299", "currency": "KWD"}, {"price": 1299, "currency": "KWD"}),
        ({"price": 5, "currency": None}, {"price": 500, "currency": "EUR"}),
        ({"price": None}, {"price": None, "currency": "EUR"}),
        ({}, {}),
    ],
)
def test_valid_price_is_accepted(data: dict[str, Any], attrs: dict[str, Any]) -> None:
    serializer = Price(data=data)
    assert serializer.is_valid(), serializer.errors
    assert serializer.validated_data == attrs


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        ({"price": 1.5, "currency": "JPY"}, {"price": ["too_many_decimals"]}),
        ({"price": "25.000", "currency": "COP"}, {"price": ["too_many_decimals"]}),
        ({"price": "1,000", "currency": "USD"}, {"price": ["invalid"]}),
        ({"price": 1e14}, {"price": ["amount_out_of_range"]}),
        ({"price": -1}, {"price": ["negative"]}),
        ({"price": True}, {"price": ["invalid"]}),
        ({"price": float("nan")}, {"price": ["invalid"]}),
        ({"price": float("inf")}, {"price": ["invalid"]}),
        ({"price": "Infinity"}, {"price": ["invalid"]}),
        ({"price": "1e5"}, {"price": ["invalid"]}),
        ({"price": [1]}, {"price": ["invalid"]}),
        ({"price": 1, "currency": "XXX"}, {"currency": ["invalid_choice"]}),
        ({"price": 1, "currency": ["EUR"]}, {"currency": ["invalid_choice"]}),
        ({"price": 1, "currency": 7}, {"currency": ["invalid_choice"]}),
    ],
)
def test_invalid_price_is_refused(data: dict[str, Any], codes: dict[str, Any]) -> None:
    serializer = Price(data=data)
    assert not serializer.is_valid()
    found = {field: [error.code for error in errors] for field, errors in serializer.errors.items()}
    assert found == codes


def test_zero_is_refused_with_above_zero() -> None:
    with pytest.raises(serializers.ValidationError):
        MoneyField(above_zero=True).run_validation(0)


def test_new_currency_keeps_the_displayed_number() -> None:
    assert validate_money({"currency": "EUR"}, "price", "currency", "JPY", current_minor=500) == {
        "price": 50000,
        "currency": "EUR",
    }
    with pytest.raises(serializers.ValidationError):
        validate_money({"currency": "JPY"}, "price", "currency", "EUR", current_minor=4990)

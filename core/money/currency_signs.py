"""Recognize a currency next to an amount: its code, sign or name, in the user's language or in English."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache, lru_cache

from babel.numbers import get_currency_name

from core.money.iso4217 import EXPONENTS
from core.text.locales import locale_of

# Short signs that the locale data has only for the currency's own country, or not at all.
_SHORT: dict[str, str] = {
    "$": (
        "ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD "
        "USD UYU XCD"
    ),
    "US$": "USD",
    "£": "EGP FKP GBP GIP LBP SDG SHP SSP SYP",
    "¥": "CNY JPY",
    "円": "JPY",
    "元": "CNY",
    "€": "EUR",
    "kr": "DKK ISK NOK SEK",
    "Rs": "INR LKR MUR NPR PKR SCR",
    "Fr": "CHF",
    "SFr": "CHF",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "lei": "MDL RON",
    "лв": "BGN",
    "ден": "MKD",
    "дин": "RSD",
    "din": "RSD",
    "KM": "BAM",
    "TL": "TRY",
    "R": "ZAR",
    "R$": "BRL",
    "RM": "MYR",
    "Rp": "IDR",
    "руб": "BYN RUB",
    "р": "RUB",
    "грн": "UAH",
    "NT$": "TWD",
    "HK$": "HKD",
    "KD": "KWD",
    "BD": "BHD",
    "JD": "JOD",
    "DT": "TND",
    "₹": "INR",
    "₩": "KRW",
    "₪": "ILS",
    "₫": "VND",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₦": "NGN",
    "₱": "PHP",
    "฿": "THB",
    "﷼": "IRR OMR QAR SAR YER",
    "ریال": "IRR",
    "ر.س": "SAR",
    "د.ك": "KWD",
}
_COUNTS = (None, 1, 2, 5, 100)
"""Numbers that together need every plural form of a name."""


def signs_of(currency: str, language: str | None) -> frozenset[str]:
    """Return everything that may be written next to an amount in `currency`, in the form of `plain_sign`."""
    return _written(currency, "en") | _written(currency, language)


def is_sign(text: str) -> bool:
    """Return whether `text` is the code or a short sign of any currency."""
    sign = plain_sign(text)
    return sign.upper() in EXPONENTS or sign in _codes_by_sign()


def only_currency_of(text: str) -> str | None:
    """Return the currency of a sign or code, or None if it is unknown or stands for several currencies."""
    sign = plain_sign(text)
    if sign.upper() in EXPONENTS:
        return sign.upper()
    codes = _codes_by_sign().get(sign, frozenset())
    return next(iter(codes)) if len(codes) == 1 else None


def plain_sign(text: str) -> str:
    """Return `text` in lower case, without spaces, dots and direction marks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        character
        for character in folded
        if character != "." and not character.isspace() and unicodedata.category(character) != "Cf"
    )


@cache
def _codes_by_sign() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for sign, codes in _SHORT.items():
        found[plain_sign(sign)] |= set(codes.split())
    return {sign: frozenset(codes) for sign, codes in found.items()}


@lru_cache(maxsize=1024)
def _written(currency: str, language: str | None) -> frozenset[str]:
    locale = locale_of(language)
    if locale is None:
        return frozenset()
    short = {sign for sign, codes in _codes_by_sign().items() if currency in codes}
    names = {get_currency_name(currency, count, locale) for count in _COUNTS}
    symbol = locale.currency_symbols.get(currency, currency)
    return frozenset(short | {plain_sign(text) for text in (currency, symbol, *names)})

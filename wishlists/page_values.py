"""Titles, pictures and prices as pages write them, made into values of ours or None. Nothing is guessed about money."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

from price_parser import Price

from wishlist_project.base.money import to_minor, to_wire
from wishlists.fetching import MAX_URL

MAX_TITLE = 512
MAX_PRICE_TEXT = 64
_UNWRITTEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_BELOW_ZERO = re.compile(r"[-\u2212\u2013]\s*\d")
_PLAIN_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)


def price_of(amount: Any, currency: Any) -> tuple[int | float | None, str | None]:
    """Both, exact and in a currency that we know, or neither: a number alone would be taken for the site's currency."""
    if not isinstance(amount, int | float | str) or isinstance(amount, bool) or not isinstance(currency, str):
        return None, None
    code = currency.strip().upper()
    try:
        number = _number(amount)
        minor = to_minor(number, code) if number is not None else -1
    except (ValueError, ArithmeticError):
        return None, None
    return (to_wire(minor, code), code) if minor >= 0 else (None, None)


def _number(amount: int | float | str) -> Decimal | None:
    """A plain number as schema.org wants it; anything else (`1.299,00 €`) is left to price-parser to guess."""
    text = str(amount).strip() if isinstance(amount, str) else repr(amount)
    if _PLAIN_NUMBER.fullmatch(text):
        return Decimal(text)
    if not isinstance(amount, str) or len(text) > MAX_PRICE_TEXT or _BELOW_ZERO.search(text):
        return None
    guess = Price.fromstring(text)
    # Of "1e5" or "10 to 20" a part would be taken for the price.
    return guess.amount if _digits(guess.amount_text or "") == _digits(text) else None


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def title_of(text: Any) -> str | None:
    if not isinstance(text, str):
        return None
    # Cut before the work as well: a title may be half a mebibyte of spaces.
    words = _UNWRITTEN.sub(" ", text[: MAX_TITLE * 8]).split()
    return " ".join(words)[:MAX_TITLE].strip() or None


def image_of(image: Any, page_url: str) -> str | None:
    """A picture as a text, an object with a URL, or a list of either; made absolute, http or https only."""
    for _level in range(5):
        if isinstance(image, list) and image:
            image = image[0]
        elif isinstance(image, dict):
            image = image.get("url") or image.get("contentUrl")
    if (
        not isinstance(image, str)
        or len(image) > MAX_URL
        or not image.strip()
        or _UNWRITTEN.search(image.strip())
    ):
        return None
    try:
        url = urljoin(page_url, image.strip().replace(" ", "%20"))
        parts = urlsplit(url)
    except ValueError:
        return None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
        or len(url) > MAX_URL
    ):
        return None
    return url

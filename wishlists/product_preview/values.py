"""Convert titles, pictures and prices of pages to our values, or to None. Amounts and currencies are never guessed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

from core.money.currency_signs import only_currency_of
from core.money.iso4217 import EXPONENTS
from core.money.money import Money, MoneyError, to_minor
from core.money.typed_amounts import MAX_TYPED, read_amount, read_printed
from core.outgoing.targets import MAX_URL
from core.text.typed_text import one_line

MAX_TITLE = 512
_UNWRITTEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_ESCAPED = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,10}[0-9]{0,2});")
_BETWEEN = re.compile(r"(\s[|–—·»«:‹›-]\s|\s?\|\s?|:\s)")
_SIGNS = re.compile(r"[^\d\s.,'’\-–]+")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_PLAIN_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)


def price_of(amount: Any, currency: Any, language: str | None = None) -> Money | None:
    """Return the exact price, or None.

    A number without a currency is not returned, because it would be taken for the site's currency. `language`: the
    language of the page, which may decide between two readings of a number.
    """
    if not isinstance(amount, int | float | str) or isinstance(amount, bool):
        return None
    text = amount.strip() if isinstance(amount, str) else repr(amount)
    code = _code(text, currency)
    minor = None if code is None else _minor(amount, text, code, language)
    return None if code is None or minor is None or minor < 0 else Money(minor, code)


def _code(text: str, currency: Any) -> str | None:
    """Return the currency that the page names, else one that the price names unambiguously (`€`, `CHF`; not `$`)."""
    if isinstance(currency, str) and currency.strip():
        return only_currency_of(currency[:MAX_TYPED])
    if currency not in (None, "") or len(text) > MAX_TYPED:
        return None
    signs = {only_currency_of(sign) for sign in _SIGNS.findall(text)}
    return signs.pop() if len(signs) == 1 else None


def _minor(amount: int | float | str, text: str, code: str, language: str | None) -> int | None:
    """Return the amount in minor units.

    schema.org wants plain numbers with a point. But `25.000` may mean thousands, so it is only read if the language is
    known.
    """
    try:
        if not isinstance(amount, str):
            return to_minor(amount, code)
        if not _PLAIN_NUMBER.fullmatch(text):
            return read_printed(text, code, language)
        if not _THOUSANDS.fullmatch(text) or EXPONENTS[code] >= 3:
            return to_minor(text, code)
        return read_amount(text, code, language) if language else None
    except MoneyError:
        return None


def title_of(text: Any) -> str | None:
    if not isinstance(text, str):
        return None
    # Cut before any work: a title may be half a mebibyte of spaces.
    text = text[: MAX_TITLE * 8]
    for _round in range(3):  # templates may escape text twice
        if not _ESCAPED.search(text):
            break
        text = html.unescape(text)
    words = _UNWRITTEN.sub(" ", text).split()
    return one_line(" ".join(words))[:MAX_TITLE].strip() or None


def without_site(title: str | None, sites: Iterable[str | None]) -> str | None:
    """Return `Bike` if the page says `Bike | Shop` and its site is `Shop`."""
    parts = _BETWEEN.split(title or "", maxsplit=20)
    names = {_letters(site) for site in sites if site} - {""}
    if len(parts) >= 3:
        if _letters(parts[-1]) in names:
            parts = parts[:-2]
        elif _letters(parts[0]) in names:
            parts = parts[2:]
    return "".join(parts).strip() or title


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def first_image(images: Any, page_url: str) -> str | None:
    """Return the first real picture. Pages may put empty texts and `data:` pictures before it, which scripts replace."""
    several = images[:20] if isinstance(images, list) else [images]
    return next(filter(None, (image_of(image, page_url) for image in several)), None)


def image_of(image: Any, page_url: str) -> str | None:
    """Return the absolute http or https URL of a picture. It may be a text, an object with a URL, or a list of either."""
    for _level in range(5):
        if isinstance(image, list) and image:
            image = image[0]
        elif isinstance(image, dict):
            image = image.get("url") or image.get("contentUrl") or image.get("@id")
    if (
        not isinstance(image, str)
        or len(image) > MAX_URL
        or not image.strip()
        or _UNWRITTEN.search(image.strip())
    ):
        return None
    try:
        url = urljoin(page_url, image.strip().replace("&amp;", "&").replace(" ", "%20"))
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

"""Read the product from a page's `<meta>` elements: OpenGraph, `product:`, Twitter and plain names."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from core.money.money import Money
from wishlists.product_preview.values import first_image, price_of, title_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_META = 2000
MAX_EACH = 20
_TITLES = ("og:title", "twitter:title")
_IMAGES = (
    "og:image",
    "og:image:secure_url",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "image",
    "thumbnail",
)
_PRICES = ("product:sale_price", "product:price", "og:price")
_TOLD = ("twitter:data1", "twitter:data2", "product:price")
"""Elements that may contain a price as text, with its currency."""


class Meta:
    """The `<meta>` elements of a page, by their names in small letters."""

    def __init__(self, document: HtmlElement, language: str | None) -> None:
        self._language = language
        self._said: dict[str, list[str]] = {}
        for number, element in enumerate(document.iter("meta")):
            if number >= MAX_META:
                break
            named = element.get("property") or element.get("name") or element.get("itemprop") or ""
            name = named[:100].strip().lower()
            content = element.get("content") or ""
            if name and content.strip() and len(self._said.get(name, ())) < MAX_EACH:
                self._said.setdefault(name, []).append(content)
        links = islice(document.iter("link"), MAX_META)
        self._links = [link.get("href") for link in links if (link.get("rel") or "").lower() == "image_src"]

    def first(self, *names: str) -> str | None:
        return next((self._said[name][0] for name in names if name in self._said), None)

    @property
    def title(self) -> str | None:
        return title_of(self.first(*_TITLES))

    @property
    def site(self) -> str | None:
        return title_of(self.first("og:site_name", "application-name"))

    def image(self, base: str) -> str | None:
        """Return the first one that is a picture. OpenGraph has up to three names for the same picture."""
        said = [first_image(self._said.get(name, []), base) for name in _IMAGES]
        return next(filter(None, (*said, first_image(self._links, base))), None)

    @property
    def price(self) -> Money | None:
        for name in _PRICES:
            amount, currency = self.first(f"{name}:amount"), self.first(f"{name}:currency")
            found = price_of(amount, currency or self.first("product:price:currency"), self._language)
            if found is not None:
                return found
        told = (price_of(self.first(name), None, self._language) for name in _TOLD)
        return next(filter(None, told), None)

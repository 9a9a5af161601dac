"""Read title, picture and price of a product from its page.

The page is untrusted: nothing in it may raise an exception here, and the time must be proportional to its length (see
markup.py, json_ld_scripts.py and microdata.py). Each source is read on its own, so that a broken one doesn't hide the
others. Each field is taken from the most reliable source that has it. Uncertain values are None.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from core.money.money import Money
from core.outgoing.targets import PUBLIC_ONLY, Guard
from wishlists.product_preview.fetching import Page, fetch_page
from wishlists.product_preview.json_ld import JsonLd
from wishlists.product_preview.json_ld_scripts import json_scripts
from wishlists.product_preview.markup import base_of, language_of, parse_page
from wishlists.product_preview.meta import Meta
from wishlists.product_preview.microdata import MICRODATA, RDFA, Vocabulary, product_in
from wishlists.product_preview.refresh import refresh_of
from wishlists.product_preview.values import title_of, without_site

if TYPE_CHECKING:
    from lxml.html import HtmlElement

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass
class Product:
    """A product as its page describes it."""

    title: str | None = None
    image_url: str | None = None
    price: Money | None = None

    def as_row(self) -> dict[str, Any]:
        """Return `{title, image_url, price, currency}`."""
        currency = self.price.currency if self.price else None
        return {"title": self.title, "image_url": self.image_url, "price": self.price, "currency": currency}

    def fill_from(self, other: Product) -> None:
        """Take the values that are still missing."""
        self.title = self.title or other.title
        self.image_url = self.image_url or other.image_url
        if self.price is None:
            self.price = other.price


@dataclass(frozen=True)
class Document:
    """A parsed page, with what all sources need to know about it."""

    tree: HtmlElement
    url: str
    base: str
    language: str | None
    site: str | None


def read_product(url: str, *, guard: Guard = PUBLIC_ONLY) -> dict[str, Any]:
    """Return `{title, image_url, price, currency}` of the page at `url`. All are null if it can't or may not be
    fetched.
    """
    page = fetch_page(url, guard=guard, onward=refresh_of)
    return (product_on(page) if page else Product()).as_row()


def product_on(page: Page) -> Product:
    """Read the most reliable source first. Later ones fill in what is missing."""
    tree = _try(lambda: parse_page(page), None)
    if tree is None:
        return Product()
    language = _try(lambda: language_of(tree), None)
    base = _try(lambda: base_of(tree, page.url), page.url)
    site = _try(lambda: Meta(tree, language).site, None)
    document = Document(tree, page.url, base, language, site)
    product = Product()
    for source in (_json_ld, _meta, _microdata, _rdfa, _elements):
        product.fill_from(_try(lambda source=source: source(document), Product()))  # type: ignore[misc]
    return product


def _try(read: Callable[[], T], otherwise: T) -> T:
    """Call `read` and return `otherwise` if it raises. Untrusted markup may cause any exception, also RecursionError."""
    try:
        return read()
    except Exception as error:
        logger.info("Part of a page couldn't be read: %s", type(error).__name__)
        return otherwise


def _json_ld(document: Document) -> Product:
    found = JsonLd(list(json_scripts(document.tree)), document.url, document.language)
    return Product(found.title, found.image(document.base), found.price)


def _meta(document: Document) -> Product:
    found = Meta(document.tree, document.language)
    return Product(_without_site(found.title, document), found.image(document.base), found.price)


def _microdata(document: Document) -> Product:
    return _thing(document, MICRODATA)


def _rdfa(document: Document) -> Product:
    return _thing(document, RDFA)


def _thing(document: Document, vocabulary: Vocabulary) -> Product:
    found = product_in(document.tree, vocabulary, document.language)
    return Product(found.title, found.image(document.base), found.price) if found else Product()


def _elements(document: Document) -> Product:
    """Return the title of the page, else its first heading. Titles of SVG drawings are ignored."""
    for name in ("title", "h1"):
        for element in document.tree.iter(name):
            if any(above.tag in ("svg", "symbol") for above in element.iterancestors()):
                continue
            if title := title_of("".join(element.itertext())[:10_000]):
                return Product(_without_site(title, document))
    return Product()


def _without_site(title: str | None, document: Document) -> str | None:
    host = (urlsplit(document.url).hostname or "").removeprefix("www.")
    return without_site(title, (document.site, host, host.partition(".")[0]))

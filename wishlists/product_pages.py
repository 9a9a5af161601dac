"""What a product page says of its product: title, picture and price, by JSON-LD, OpenGraph, microdata or its <title>.

The page was written by a stranger, so nothing in it may raise, and nothing may cost more than in proportion to its
length: see page_markup.py and `_microdata` for what that rules out. What is not certain is None.
"""

from __future__ import annotations

import html
import logging
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from extruct.jsonld import JsonLdExtractor
from extruct.opengraph import OpenGraphExtractor
from lxml.html import HtmlElement

from wishlists.fetching import PUBLIC_ONLY, Guard, Page, fetch_page
from wishlists.page_markup import parse_page
from wishlists.page_values import image_of, price_of, title_of

logger = logging.getLogger(__name__)

MAX_NODES = 2000
_PRODUCTS = {"Product", "ProductGroup", "ProductModel", "IndividualProduct", "Book", "Vehicle"}
# Microdata: what we read, and the attributes that may say it instead of the text.
_PROPERTIES = {
    "name": ("content",),
    "image": ("content", "src", "href"),
    "price": ("content", "value"),
    "lowPrice": ("content", "value"),
    "priceCurrency": ("content", "value"),
}


@dataclass
class Product:
    """As it goes over the wire: `price` is a JSON number and never without its `currency`, nor the other way round."""

    title: str | None = None
    image_url: str | None = None
    price: int | float | None = None
    currency: str | None = None

    def fill_from(self, other: Product) -> None:
        """Take what is still unknown; a price only together with the currency of the same source."""
        self.title = self.title or other.title
        self.image_url = self.image_url or other.image_url
        if self.price is None:
            self.price, self.currency = other.price, other.currency


def read_product(url: str, *, guard: Guard = PUBLIC_ONLY) -> dict[str, Any]:
    """`{title, image_url, price, currency}` of the page at `url`, null for all that cannot or may not be fetched."""
    page = fetch_page(url, guard=guard)
    return asdict(product_on(page) if page else Product())


def product_on(page: Page) -> Product:
    """The surest source first; a source that cannot be read leaves the word to the next."""
    product = Product()
    try:
        document = parse_page(page)
    except Exception:  # a stranger's markup decides what breaks here
        return product
    sources: tuple[Callable[[HtmlElement, str], Product], ...] = (
        _json_ld,
        _open_graph,
        _microdata,
        _title_element,
    )
    for source in sources:
        try:
            product.fill_from(source(document, page.url))
        except Exception as error:  # as above; RecursionError is among them
            logger.info("%s of a page not read: %s", source.__name__, type(error).__name__)
    return product


def _json_ld(document: HtmlElement, url: str) -> Product:
    for node in _nodes(JsonLdExtractor().extract_items(document)):
        if _types(node) & _PRODUCTS:
            price, currency = _offer_price(node)
            name = html.unescape(node["name"]) if isinstance(node.get("name"), str) else None
            return Product(title_of(name), image_of(node.get("image"), url), price, currency)
    return Product()


def _open_graph(document: HtmlElement, url: str) -> Product:
    found: dict[str, str] = {}
    for extracted in OpenGraphExtractor().extract_items(document):
        for name, text in extracted["properties"]:
            found.setdefault(name, text)
    for kind in ("product", "og"):
        price, currency = price_of(found.get(f"{kind}:price:amount"), found.get(f"{kind}:price:currency"))
        if price is not None:
            break
    return Product(title_of(found.get("og:title")), image_of(found.get("og:image"), url), price, currency)


def _microdata(document: HtmlElement, url: str) -> Product:
    """Only the first product. Not by extruct, whose time grows with scopes times properties times text: minutes a page."""
    scopes = document.xpath("//*[@itemscope][contains(@itemtype, 'schema.org/Product')]")
    if not scopes:
        return Product()
    said: dict[str, str] = {}
    for element in _elements_about(scopes[0]):
        for name in (element.get("itemprop") or "").split():
            if name in _PROPERTIES and name not in said:
                said[name] = _property_text(element, _PROPERTIES[name])
    price, currency = price_of(said.get("price") or said.get("lowPrice"), said.get("priceCurrency"))
    return Product(title_of(said.get("name")), image_of(said.get("image"), url), price, currency)


def _elements_about(product: HtmlElement) -> Iterator[HtmlElement]:
    """In the order of the page: the product and its offers, but not a review, a brand or another product inside it."""
    waiting = [product]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [
            child
            for child in element[::-1]
            if child.get("itemscope") is None or "offers" in (child.get("itemprop") or "").split()
        ]


def _property_text(element: HtmlElement, attributes: tuple[str, ...]) -> str:
    for attribute in attributes:
        if value := element.get(attribute):
            return str(value)
    return "".join(islice(element.itertext(), 50))


def _title_element(document: HtmlElement, url: str) -> Product:
    return Product(title_of(document.findtext(".//title")))


def _nodes(extracted: list[Any]) -> Iterator[dict[str, Any]]:
    """The objects that a page is about, near ones first, and never more of them than a page has use for."""
    waiting, seen = deque(extracted), 0
    while waiting and seen < MAX_NODES:
        node, seen = waiting.popleft(), seen + 1
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            yield node
            waiting += [node[key] for key in ("@graph", "mainEntity", "hasVariant") if key in node]


def _types(node: dict[str, Any]) -> set[str]:
    """`Product` may be written alone, as a list, or as a URL."""
    types = node.get("@type")
    types = types[:10] if isinstance(types, list) else [types]
    return {re.split("[/#:]", text)[-1] for text in types if isinstance(text, str)}


def _offer_price(product: dict[str, Any]) -> tuple[int | float | None, str | None]:
    """The first price among the offers, an offer's own price before those of its parts."""
    waiting, seen = [product.get("offers"), product.get("hasVariant")], 0
    while waiting and seen < 100:
        offer, seen = waiting.pop(0), seen + 1
        if isinstance(offer, list):
            waiting = offer[:100] + waiting
        elif isinstance(offer, dict):
            for name in ("price", "lowPrice"):
                price, currency = price_of(offer.get(name), offer.get("priceCurrency"))
                if price is not None:
                    return price, currency
            waiting += [offer.get("priceSpecification"), offer.get("offers")]
    return None, None

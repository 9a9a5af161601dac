"""Read the product from the attributes of a page's elements: microdata, and RDFa, which differs only in names.

We don't use extruct, because its time grows with scopes times properties times text: minutes for some pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from core.money.money import Money
from wishlists.product_preview.prices import FoundPrice, best_price
from wishlists.product_preview.values import first_image, title_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_PRODUCTS = 5
_PRODUCTS = ("product", "productgroup", "productmodel")
_OFFERS = ("offer",)
_OLD = {"del", "s", "strike"}
_PARTS = {"offers", "pricespecification"}
# The properties that we read, and the attributes that may hold the value instead of the text.
_PROPERTIES = {
    "name": ("content",),
    "image": ("content", "src", "data-src", "href"),
    "price": ("content", "value"),
    "lowprice": ("content", "value"),
    "pricecurrency": ("content", "value"),
    "pricetype": ("content", "href"),
}


@dataclass(frozen=True)
class Vocabulary:
    """The attributes with which a page marks the kind of a thing, its beginning, and its properties."""

    kind: str
    begins: str
    says: str


MICRODATA = Vocabulary(kind="itemtype", begins="itemscope", says="itemprop")
RDFA = Vocabulary(kind="typeof", begins="typeof", says="property")


@dataclass
class Scope:
    """The texts of one thing: the product, an offer, or a part of an offer's price."""

    within: Scope | None = None
    said: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        return self.said.get(name) or (self.within.find(name) if self.within else None)


@dataclass
class Thing:
    """A product on a page."""

    title: str | None
    images: list[str]
    price: Money | None

    def image(self, base: str) -> str | None:
        return first_image(self.images, base)


def product_in(document: HtmlElement, vocabulary: Vocabulary, language: str | None) -> Thing | None:
    """Return the first product with a price, else the first product, else an offer that names no product. Reads only a
    few.
    """
    found = _things(document, vocabulary, language, _PRODUCTS) or _things(
        document, vocabulary, language, _OFFERS
    )
    return next((thing for thing in found if thing.price is not None), found[0] if found else None)


def _things(
    document: HtmlElement, vocabulary: Vocabulary, language: str | None, kinds: tuple[str, ...]
) -> list[Thing]:
    found: list[Thing] = []
    for element in document.iter():
        if isinstance(element.tag, str) and _is_one_of(element, vocabulary, kinds):
            found.append(_thing(element, vocabulary, language))
            if found[-1].price is not None or len(found) >= MAX_PRODUCTS:
                break
    return found


def _is_one_of(element: HtmlElement, vocabulary: Vocabulary, kinds: tuple[str, ...]) -> bool:
    if element.get(vocabulary.begins) is None:
        return False
    named = (element.get(vocabulary.kind) or "")[:500].split()
    return any(_short(kind).endswith(kinds) for kind in named)


def _short(name: str) -> str:
    """Return `product` if the page has `https://schema.org/Product` or `schema:Product`."""
    return re.split("[/#:]", name)[-1].lower()


def _thing(product: HtmlElement, vocabulary: Vocabulary, language: str | None) -> Thing:
    root, images = Scope(), list[str]()
    scopes: dict[int, Scope] = {}
    for element, scope in _elements_about(product, root, vocabulary):
        scopes[id(scope)] = scope
        for name in map(_short, (element.get(vocabulary.says) or "")[:500].split()):
            if name == "image" and len(images) < 20:
                images += [url for attribute in _PROPERTIES[name] if (url := element.get(attribute))][:2]
            elif name in _PROPERTIES and not scope.said.get(name):
                scope.said[name] = _property_text(element, _PROPERTIES[name])
    said = (price for scope in islice(scopes.values(), 100) for price in _found_prices(scope))
    return Thing(title_of(root.said.get("name")), images, best_price(said, language))


def _found_prices(scope: Scope) -> Iterator[FoundPrice]:
    for name in ("price", "lowprice"):
        if scope.said.get(name):
            currency, kind = scope.find("pricecurrency"), scope.said.get("pricetype")
            yield FoundPrice(scope.said[name], currency, kind, is_lowest=name == "lowprice")


def _elements_about(
    product: HtmlElement, root: Scope, vocabulary: Vocabulary
) -> Iterator[tuple[HtmlElement, Scope]]:
    """Yield the elements of the product and its offers, in the order of the page.

    Leaves out reviews, brands and other products inside it, and prices that are struck out.
    """
    waiting = [(product, root)]
    while waiting:
        element, scope = waiting.pop()
        yield element, scope
        for child in element[::-1]:
            if child.tag in _OLD:
                continue
            if child.get(vocabulary.begins) is None:
                waiting.append((child, scope))
            elif (
                set(map(_short, (child.get(vocabulary.says) or child.get("rel") or "")[:500].split()))
                & _PARTS
            ):
                waiting.append((child, Scope(scope)))


def _property_text(element: HtmlElement, attributes: tuple[str, ...]) -> str:
    for attribute in attributes:
        if value := element.get(attribute):
            return str(value)
    return "".join(islice(element.itertext(), 50))

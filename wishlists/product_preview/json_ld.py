"""Read the product from a page's JSON-LD. All scripts are read together, because one may refer to another."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from core.money.money import Money
from wishlists.product_preview.prices import FoundPrice, best_price
from wishlists.product_preview.values import first_image, title_of

MAX_NODES = 2000
MAX_OFFERS = 100
Node = dict[str, Any]

_PRODUCTS = {
    "product",
    "productgroup",
    "productmodel",
    "individualproduct",
    "someproducts",
    "productcollection",
    "book",
    "vehicle",
    "car",
    "game",
    "videogame",
    "softwareapplication",
}
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage", "hasVariant", "itemOffered", "about")
_VOCABULARY = re.compile(r"(?:https?://)?(?:www\.)?schema\.org/|schema:", re.IGNORECASE)


def types_of(node: Node) -> set[str]:
    """Return the types of a node in small letters. `Product` may be given alone, in a list, or as a URL."""
    types = node.get("@type")
    types = types[:10] if isinstance(types, list) else [types]
    return {re.split("[/#:]", text)[-1].strip().lower() for text in types if isinstance(text, str)}


class JsonLd:
    """The product among `values` that the page at `url` is about."""

    def __init__(self, values: list[Any], url: str, language: str | None) -> None:
        self._url, self._language = url, language
        self._by_id: dict[str, Node] = {}
        nodes = list(_nodes(deque(values)))
        for node in nodes:
            if isinstance(node.get("@id"), str) and len(node) > 1:
                self._by_id.setdefault(node["@id"], node)
        products = [node for node in nodes if types_of(node) & _PRODUCTS][:50]
        self._prices: dict[int, Money | None] = {id(node): self._price_of(node) for node in products}
        self._product = max(products, key=self._fitness, default=None)

    @property
    def title(self) -> str | None:
        return title_of(self._product.get("name")) if self._product else None

    def image(self, base: str) -> str | None:
        return first_image(self._product.get("image"), base) if self._product else None

    @property
    def price(self) -> Money | None:
        return self._prices[id(self._product)] if self._product else None

    def _fitness(self, node: Node) -> tuple[bool, bool]:
        """Rank a product: first the one that names this page, then one with a price. `max` keeps the first of equals."""
        page = node.get("mainEntityOfPage")
        named = [node.get("url"), node.get("@id"), page, page.get("@id") if isinstance(page, dict) else None]
        here = self._url.partition("#")[0].partition("?")[0]
        is_this = any(
            isinstance(name, str) and name.partition("#")[0].partition("?")[0] == here for name in named
        )
        return is_this, self._prices[id(node)] is not None

    def _price_of(self, product: Node) -> Money | None:
        return best_price(self._found_prices(product), self._language)

    def _found_prices(self, product: Node) -> Iterator[FoundPrice]:
        """Yield prices in the order of the page, an offer's own price before those of its parts. Parts inherit the
        currency.
        """
        waiting: deque[tuple[Any, Any]] = deque([(product, None)])
        seen = 0
        while waiting and seen < MAX_OFFERS:
            found, currency = waiting.popleft()
            seen += 1
            if isinstance(found, list):
                waiting.extendleft((each, currency) for each in reversed(found[:MAX_OFFERS]))
                continue
            if not isinstance(found, dict):
                continue
            offer = self._resolved(plain_keys(found))
            currency = offer.get("priceCurrency") or offer.get("currency") or currency
            kind = offer.get("priceType")
            is_part = any(
                offer.get(name) for name in ("referenceQuantity", "validForMemberTier", "billingDuration")
            )
            for name in ("price", "minPrice", "lowPrice"):
                if offer.get(name) is not None:
                    is_lowest = name == "lowPrice" or found is product
                    yield FoundPrice(_plain_value(offer[name]), currency, kind, is_part, is_lowest)
            parts = ("priceSpecification", "offers", "hasVariant")
            waiting.extend((offer[name], currency) for name in parts if name in offer)

    def _resolved(self, node: Node) -> Node:
        """Return the full node if this one only refers to it by id."""
        name = node.get("@id")
        return self._by_id.get(name, node) if isinstance(name, str) and len(node) <= 2 else node


def _nodes(waiting: deque[Any]) -> Iterator[Node]:
    """Yield the objects that a page is about, at most `MAX_NODES`."""
    seen = 0
    while waiting and seen < MAX_NODES:
        node, seen = waiting.popleft(), seen + 1
        if isinstance(node, list):
            waiting.extend(node[:MAX_NODES])
        elif isinstance(node, dict):
            plain = plain_keys(node)
            yield plain
            if isinstance(plain.get("itemOffered"), dict):
                offer = {key: value for key, value in plain.items() if key != "itemOffered"}
                plain["itemOffered"] = {"offers": offer, **plain_keys(plain["itemOffered"])}
            waiting.extend(plain[key] for key in _WITHIN if key in plain)


def _plain_value(value: Any) -> Any:
    """Return `20` if the page has `["20"]` or `{"@value": "20"}`."""
    value = value[0] if isinstance(value, list) and value else value
    return value.get("@value") if isinstance(value, dict) else value


def plain_keys(node: Node) -> Node:
    """Return the node with `name` instead of `schema:name` or `http://schema.org/name`."""
    if not any("schema" in key for key in node):
        return node
    return {_VOCABULARY.sub("", key, count=1): value for key, value in node.items()}

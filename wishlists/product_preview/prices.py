"""Choose the price that a customer would pay from the prices on a product page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.money.money import Money
from wishlists.product_preview.values import price_of

_SALE = {"saleprice", "specialprice", "promotionalprice", "offerprice"}
_NOT_PAID = {
    "listprice",
    "strikethroughprice",
    "regularprice",
    "msrp",
    "srp",
    "rrp",
    "minimumadvertisedprice",
    "invoiceprice",
    "originalprice",
}


@dataclass(frozen=True)
class FoundPrice:
    """A price as written on the page, and its kind. `is_part`: per kilogram or month, or for some customers only."""

    amount: Any
    currency: Any
    kind: Any = None
    is_part: bool = False
    is_lowest: bool = False

    @property
    def rank(self) -> int:
        """The lower, the more likely it is what a customer pays."""
        kind = re.split("[/#:]", self.kind)[-1].lower() if isinstance(self.kind, str) else ""
        if kind in _NOT_PAID or self.is_part:
            return 3
        if kind in _SALE:
            return 0
        return 2 if self.is_lowest else 1


def best_price(said: Iterable[FoundPrice], language: str | None) -> Money | None:
    """Return the first readable price with the best rank. A list price is not used if there was any other price, even
    an unreadable one.
    """
    ranked = sorted(said, key=lambda price: price.rank)
    for price in ranked:
        if price.rank > ranked[0].rank and price.rank == 3:
            break
        found = price_of(price.amount, price.currency, language)
        if found is not None:
            return found
    return None

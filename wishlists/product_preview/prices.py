"""Of the several prices that a page says of one product, the one that somebody would pay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wishlists.product_preview.values import price_of

Price = tuple[int | float | None, str | None]
NO_PRICE: Price = (None, None)

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
    """A price as it is written, with what it is said to be. `is_part`: per kilogram or month, or for some people only."""

    amount: Any
    currency: Any
    kind: Any = None
    is_part: bool = False
    is_lowest: bool = False

    @property
    def rank(self) -> int:
        """The lower, the rather it is what somebody pays."""
        kind = re.split("[/#:]", self.kind)[-1].lower() if isinstance(self.kind, str) else ""
        if kind in _NOT_PAID or self.is_part:
            return 3
        if kind in _SALE:
            return 0
        return 2 if self.is_lowest else 1


def best_price(said: Iterable[FoundPrice], language: str | None) -> Price:
    """The first of the best that can be read. A list price is no answer while another was said, be it unreadable."""
    ranked = sorted(said, key=lambda price: price.rank)
    for price in ranked:
        if price.rank > ranked[0].rank and price.rank == 3:
            break
        found = price_of(price.amount, price.currency, language)
        if found[0] is not None:
            return found
    return NO_PRICE

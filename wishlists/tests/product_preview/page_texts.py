"""Product pages for tests to read."""

from __future__ import annotations

import json
from typing import Any


def ld(data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<!DOCTYPE html><html><head><script type="application/ld+json">{text}</script></head><body>x</body></html>'


BIKE = {
    "@context": "https://schema.org/",
    "@type": "Product",
    "name": "  A &amp; B\n bike ",
    "image": ["/a b.jpg", "/c.jpg"],
    "offers": {"@type": "Offer", "price": "1299.90", "priceCurrency": "eur"},
}

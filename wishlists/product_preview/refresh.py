"""Find where a page sends its readers on: `<meta http-equiv="refresh" content="0; url=…">`, or a header of that name."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin

from wishlists.product_preview.fetching import Page
from wishlists.product_preview.markup import base_of, parse_page

MAX_SECONDS = 10
"""A page with a longer delay is meant to be read, and only reloads from time to time."""
_REFRESH = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)


def refresh_of(page: Page) -> str | None:
    """Return the URL, or None. Refreshes inside `<noscript>` are ignored: they lead to a notice about JavaScript."""
    try:
        if page.refresh:
            return _target(page.refresh, page.url, page.url)
        if b"refresh" not in page.body.lower():
            return None
        document = parse_page(page)
        for element in document.iter("meta"):
            if (element.get("http-equiv") or "").strip().lower() != "refresh":
                continue
            if any(above.tag == "noscript" for above in element.iterancestors()):
                continue
            return _target(element.get("content") or "", base_of(document, page.url), page.url)
    except Exception:  # untrusted markup may cause any exception
        return None
    return None


def _target(content: str, base: str, page_url: str) -> str | None:
    said = _REFRESH.match(content[:4096])
    if said is None or int(said[1]) > MAX_SECONDS:
        return None
    address = said[2].strip().strip("\"'").strip()
    target = urljoin(base, address.replace(" ", "%20"))
    is_other = urldefrag(target)[0] != urldefrag(page_url)[0]
    return target if address and is_other and target.startswith(("http://", "https://")) else None

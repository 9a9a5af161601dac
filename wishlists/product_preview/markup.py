"""Parse untrusted HTML into a tree, in time proportional to its length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from w3lib.encoding import html_to_unicode

from core.lazy_modules import later
from wishlists.product_preview.fetching import Page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

etree, html = later("lxml.etree"), later("lxml.html")

CHUNK = 8 * 1024
MAX_ATTRIBUTES = 500
MAX_DEPTH = 300
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


def parse_page(page: Page) -> HtmlElement:
    """Parse the whole document. May raise any exception on text that is not a page."""
    # The parser stops at the end of the document, but many pages go on after it.
    body = _END.sub(" ", text_of(page)).encode("utf-8", "ignore")
    _measure(body)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return html.document_fromstring(body, parser=parser)


def text_of(page: Page) -> str:
    """Return the text in the declared encoding, unless the bytes show another. Servers and editors often declare a
    wrong one.
    """
    encoding, text = html_to_unicode(page.content_type, page.body)
    if page.body.isascii() or encoding.startswith(("utf-16", "utf-32")):
        return text
    as_utf8 = page.body.decode("utf-8", "replace")
    broken = as_utf8.count("\ufffd")
    written = sum(not character.isascii() for character in as_utf8) - broken
    if written and broken <= 1:  # one may come from a character that was cut at the end
        return as_utf8
    if encoding != "utf-8" or written > broken:
        return text
    # Declared as UTF-8 but written in something else: use the encoding that the page itself declares, if it is another.
    declared, other = html_to_unicode(None, page.body, default_encoding="cp1252")
    return page.body.decode("cp1252", "replace") if declared == "utf-8" else other


def base_of(document: HtmlElement, page_url: str) -> str:
    """Return the URL against which relative addresses of the page are resolved."""
    for element in document.iter("base"):
        if href := (element.get("href") or "").strip():
            try:
                base = urljoin(page_url, href)
            except ValueError:
                break
            return base if base.startswith(("http://", "https://")) else page_url
    return page_url


def language_of(document: HtmlElement) -> str | None:
    """Return the language that the page declares. Numbers may be read in it."""
    named = [document.get("lang"), document.get("xml:lang")]
    for element in document.iter("meta"):
        if (element.get("property") or "").lower() == "og:locale":
            named.append(element.get("content"))
        if (element.get("http-equiv") or "").lower() == "content-language":
            named.append(element.get("content"))
        if len(named) > 5:
            break
    for name in named:
        if name and _LANGUAGE.fullmatch(name.strip()):
            return str(name.strip().replace("_", "-").lower())
    return None


def _measure(body: bytes) -> None:
    """Refuse elements with far too many attributes. Building a tree takes time in the square of their number (14 s a
    page).
    """
    parser = etree.HTMLParser(encoding="utf-8", target=_Gauge())
    try:
        for start in range(0, len(body), CHUNK):
            parser.feed(body[start : start + CHUNK])
    except _TooDeep:
        pass  # The tree parser stops even before this, at 256.


class _Gauge:
    """A parser target that checks every element and builds nothing."""

    def __init__(self) -> None:
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if len(attributes) > MAX_ATTRIBUTES:
            raise ValueError("An element has too many attributes.")
        if self._depth > MAX_DEPTH:
            raise _TooDeep

    def end(self, tag: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        """Required by the parser."""


class _TooDeep(Exception):
    pass

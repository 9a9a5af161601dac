"""A stranger's markup as a tree, in time proportional to its length whatever it is."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from w3lib.encoding import html_to_unicode

from wishlists.fetching import Page

CHUNK = 8 * 1024
MAX_ATTRIBUTES = 500
MAX_DEPTH = 300


def parse_page(page: Page) -> HtmlElement:
    """The whole document. Raises what it likes on markup that is no page."""
    _, text = html_to_unicode(page.content_type, page.body)
    body = text.encode("utf-8", "ignore")
    _measure(body)
    document = document_fromstring(
        body, parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    )
    # extruct's time grows with the square of this attribute, in one regular expression that nothing can stop.
    for element in document.xpath("//*[@prefix]"):
        del element.attrib["prefix"]
    return document


def _measure(body: bytes) -> None:
    """Refuse elements with absurdly many attributes: a tree takes time in the square of their number (14 s a page)."""
    parser = etree.HTMLParser(encoding="utf-8", target=_Gauge())
    try:
        for start in range(0, len(body), CHUNK):
            parser.feed(body[start : start + CHUNK])
    except _TooDeep:
        pass  # The parser of trees stops even before this, at 256.


class _Gauge:
    """A target of the parser: sees every element and builds nothing."""

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
        """The parser demands one."""


class _TooDeep(Exception):
    pass

"""Fetch a page that a user named: from public addresses only, within five seconds and half a mebibyte.

Each hop is looked up once, and *all* its addresses must be public. The connection goes to such an address and not to
the name, so that a second DNS answer can't change it. Redirects are hops too. There are no cookies, no credentials, no
proxies, and nothing is taken from the environment. Every failure gives None, because the difference between "refused",
"blocked" and "silent" would help to map a network.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import requests
import urllib3.exceptions

from core.outgoing.calls import FAILURES, call
from core.outgoing.pinned_http import Budget
from core.outgoing.targets import PUBLIC_ONLY, Guard, NotFetched, Target, target_of

logger = logging.getLogger(__name__)

MAX_REDIRECTS = 5
CHUNK = 16 * 1024
HEADERS = {
    "User-Agent": "wishlist-link-preview/1.0",
    "Accept": "text/html, application/xhtml+xml",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
}
_PAGE_TYPES = {"text/html", "application/xhtml+xml"}
_ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}


@dataclass(frozen=True)
class Page:
    """A fetched page. `body` is decoded and may be cut off. `url` is the address after redirects."""

    url: str
    content_type: str
    body: bytes
    refresh: str = ""
    """The `Refresh` header, which browsers treat like the `<meta>` element of that name."""


Onward = Callable[[Page], str | None]
"""A function that returns the URL to which a page sends its readers on, or None."""


def stay(page: Page) -> None:
    """Don't follow any page."""


def fetch_page(url: str, *, guard: Guard = PUBLIC_ONLY, onward: Onward = stay) -> Page | None:
    """Return the HTML page at `url`, or None if it can't be fetched. Blocks for at most `guard.seconds`.

    If `onward` returns a URL, it is one more hop with the same limits. Bytes decoded before count towards them.
    """
    budget = Budget(seconds=guard.seconds, wire_bytes=guard.max_bytes)
    try:
        for _hop in range(MAX_REDIRECTS + 1):
            found = _visit(target_of(url, guard), guard, budget)
            if isinstance(found, Page):
                guard = replace(guard, max_bytes=guard.max_bytes - len(found.body))
                next_url = onward(found)
                if next_url is None:
                    return found
                found = next_url
            url = found
        raise NotFetched("too many redirects")
    except FAILURES as error:
        # Don't log the text of library errors: it contains the URL, which is private to the user.
        logger.info(
            "Page couldn't be fetched: %s", error if isinstance(error, NotFetched) else type(error).__name__
        )
        return None


def _visit(target: Target, guard: Guard, budget: Budget) -> Page | str:
    """Make one hop. Return the page, or the URL that it redirects to."""

    def read(response: requests.Response) -> Page | str:
        if response.is_redirect:
            location: str = response.headers["Location"].encode("latin-1").decode()
            return urljoin(target.url, location.strip().replace(" ", "%20"))
        return _page(target, response, guard.max_bytes)

    return call("GET", target, guard, budget, headers=HEADERS, read=read)


def _page(target: Target, response: requests.Response, max_bytes: int) -> Page:
    content_type = response.headers.get("Content-Type", "")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if response.status_code != 200 or content_type.partition(";")[0].strip().lower() not in _PAGE_TYPES:
        raise NotFetched("not an HTML page")
    if encoding not in _ENCODINGS:
        raise NotFetched("an encoding that was not asked for")
    body = _read(response.raw, max_bytes)
    return Page(target.url, content_type, body, response.headers.get("Refresh", ""))


def _read(raw: urllib3.HTTPResponse, max_bytes: int) -> bytes:
    """Return decoded bytes up to the limit. If the page is cut off, by us or on its way, return what there is."""
    body = bytearray()
    try:
        while len(body) < max_bytes and (chunk := raw.read1(CHUNK, decode_content=True)):
            body += chunk
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError):
        pass
    return bytes(body[:max_bytes])

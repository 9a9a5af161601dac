"""Fetching a page that a stranger named: public addresses only, in five seconds, half a mebibyte, without a trace.

Each hop of a fetch is looked up once, *every* address it has must be public, and the connection goes to such an
address and not to the name, so that a second answer of the DNS is never asked for. Redirects are hops like the first.
There are no cookies, no credentials, no proxies and nothing from the environment, and one answer for all that fails:
None, for the difference between "refused", "blocked" and "silent" would map somebody's network.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions
from urllib3.util import parse_url

from wishlists.product_preview.addresses import Address, Resolver, is_public, resolve, resolve_within
from wishlists.product_preview.pinned_http import Budget, PinnedAdapter

logger = logging.getLogger(__name__)

MAX_URL = 2048
MAX_REDIRECTS = 5
MAX_ADDRESSES = 3
CONNECT_SECONDS = 2.0
CHUNK = 16 * 1024
HEADERS = {
    "User-Agent": "wishlist-link-preview/1.0",
    "Accept": "text/html, application/xhtml+xml",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PAGE_TYPES = {"text/html", "application/xhtml+xml"}
_ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}


class NotFetched(Exception):
    """This page cannot or may not be fetched. The reason is for the log, never for the one who asked."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What a fetch may reach and cost. No setting makes another one than `PUBLIC_ONLY`; tests hand theirs in."""

    allows: Callable[[Address], bool] = is_public
    resolver: Resolver = resolve
    ports: frozenset[int] = frozenset(_DEFAULT_PORTS.values())
    seconds: float = 5.0
    max_bytes: int = 512 * 1024


PUBLIC_ONLY = Guard()


@dataclass(frozen=True)
class Page:
    """What came: `body` is decoded and perhaps cut off. `url` is where the redirects ended."""

    url: str
    content_type: str
    body: bytes
    refresh: str = ""
    """Its header `Refresh`, by which browsers go on as by the element of that name."""


@dataclass(frozen=True)
class Target:
    """A URL, taken apart once. Nothing after this reads the text again, so no two parsers can disagree on it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """For TLS and the Host header: a final dot is only a word to the resolver."""
        return self.host.removesuffix(".")

    @property
    def authority(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    def url_at(self, address: Address) -> str:
        literal = f"[{address}]" if isinstance(address, IPv6Address) else address
        return f"{self.scheme}://{literal}:{self.port}{self.path}"


Onward = Callable[[Page], str | None]
"""Where a page that came sends its readers on by itself, if it does."""


def stay(page: Page) -> None:
    """Nowhere."""


def fetch_page(url: str, *, guard: Guard = PUBLIC_ONLY, onward: Onward = stay) -> Page | None:
    """The HTML page at `url`, or None for whatever reason there is none. Blocks for at most `guard.seconds`.

    Where `onward` sends is one more hop, under the same bounds; what was decoded before counts.
    """
    budget = Budget(seconds=guard.seconds, wire_bytes=guard.max_bytes)
    try:
        for _hop in range(MAX_REDIRECTS + 1):
            found = _visit(_target(url, guard), guard, budget)
            if isinstance(found, Page):
                guard = replace(guard, max_bytes=guard.max_bytes - len(found.body))
                next_url = onward(found)
                if next_url is None:
                    return found
                found = next_url
            url = found
        raise NotFetched("too many redirects")
    except (
        NotFetched,
        OSError,
        ValueError,
        http.client.HTTPException,
        urllib3.exceptions.HTTPError,
    ) as error:
        # Not the text of library errors: it quotes the URL, which is the asker's own business.
        logger.info(
            "Page couldn't be fetched: %s", error if isinstance(error, NotFetched) else type(error).__name__
        )
        return None


def _target(url: str, guard: Guard) -> Target:
    """`url` taken apart, or NotFetched where it is anything but a plain address of a web page."""
    if len(url) > MAX_URL or any(character <= " " or character in "\\\x7f" for character in url.strip()):
        raise NotFetched("URL too long or with characters that no URL has")
    parts = parse_url(url.strip())
    host = (parts.host or "").removeprefix("[").removesuffix("]")
    if parts.scheme not in _DEFAULT_PORTS or not host or "%" in host:
        raise NotFetched("not an http or https URL with a host")
    if parts.auth is not None or "@" in urlsplit(url).netloc:
        raise NotFetched("credentials in the URL")
    port = _DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    if port not in guard.ports:
        raise NotFetched("port not allowed")
    return Target(parts.scheme, host, port, parts.request_uri)


def _visit(target: Target, guard: Guard, budget: Budget) -> Page | str:
    """One hop: the page, or the URL that it redirects to."""
    addresses = resolve_within(budget.seconds_left(), guard.resolver, target.host, target.port)
    if not addresses or not all(map(guard.allows, addresses)):
        raise NotFetched("not a public address")
    failure = requests.ConnectionError()
    for address in list(dict.fromkeys(addresses))[:MAX_ADDRESSES]:
        try:
            return _ask(target, address, guard, budget)
        except requests.ConnectionError as error:
            failure = error
    raise failure


def _ask(target: Target, address: Address, guard: Guard, budget: Budget) -> Page | str:
    adapter = PinnedAdapter(
        scheme=target.scheme,
        host=target.name,
        authority=target.authority,
        budget=budget,
        allow_loopback=address.is_loopback and guard.allows(address),
    )
    headers = {"Host": target.authority, **HEADERS}
    request = requests.Request("GET", target.url_at(address), headers=headers).prepare()
    # Straight through the adapter: a Session would bring cookies, .netrc, proxies and redirects of its own.
    with closing(adapter):
        left = budget.seconds_left()
        with adapter.send(request, stream=True, timeout=(min(left, CONNECT_SECONDS), left)) as response:
            if response.is_redirect:
                location: str = response.headers["Location"].encode("latin-1").decode()
                return urljoin(target.url, location.strip().replace(" ", "%20"))
            return _page(target, response, guard.max_bytes)


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
    """Decoded bytes up to the bound. A page cut off, by us or on its way, is read as far as it goes."""
    body = bytearray()
    try:
        while len(body) < max_bytes and (chunk := raw.read1(CHUNK, decode_content=True)):
            body += chunk
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError):
        pass
    return bytes(body[:max_bytes])

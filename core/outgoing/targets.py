"""Which URLs the server may call for a user, and at which of its host's addresses.

A host is looked up once for each request, and *all* its addresses must be allowed. The connection then goes to such an
address and not to the name, so that a second DNS answer can't change it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from urllib3.util import parse_url

from core.outgoing.addresses import Address, Resolver, is_public, resolve, resolve_within
from core.outgoing.pinned_http import Budget

MAX_URL = 2048
MAX_ADDRESSES = 3
_DEFAULT_PORTS = {"http": 80, "https": 443}


class NotFetched(Exception):
    """The URL can't or may not be called. The reason is for the log and must not be shown to the user."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Limits of a fetch. The product always uses `PUBLIC_ONLY`; tests pass their own."""

    allows: Callable[[Address], bool] = is_public
    resolver: Resolver = resolve
    ports: frozenset[int] = frozenset(_DEFAULT_PORTS.values())
    seconds: float = 5.0
    max_bytes: int = 512 * 1024


PUBLIC_ONLY = Guard()


@dataclass(frozen=True)
class Target:
    """A parsed URL. The text is not parsed again after this, so two parsers can't disagree about it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """The host for TLS and the Host header, without the final dot, which only matters to the resolver."""
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


def target_of(url: str, guard: Guard) -> Target:
    """Parse `url`. Raises `NotFetched` unless it is a plain address of a web page."""
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


def addresses_of(target: Target, guard: Guard, budget: Budget) -> list[Address]:
    """Return the first addresses of the target's host. Raises `NotFetched` unless all of them are allowed."""
    found = resolve_within(budget.seconds_left(), guard.resolver, target.host, target.port)
    if not found or not all(map(guard.allows, found)):
        raise NotFetched("not a public address")
    return list(dict.fromkeys(found))[:MAX_ADDRESSES]

"""Find the IP address of a client, for rate limits and logs.

The peer of the connection is certain. `X-Forwarded-For` is believed only if the peer is in the setting `TRUSTED_PROXIES`.
Every proxy appends the address of its client, so the header is read from the right, past trusted proxies, up to the first
address that is not one. Anybody may have forged what is further left.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORT = re.compile(r"\[(?P<six>[^\[\]]+)\](?::[0-9]{1,5})?|(?P<four>[^:\[\]]+):[0-9]{1,5}")
_FORWARDING_HEADERS = (
    "X_FORWARDED_FOR",
    "X_FORWARDED_HOST",
    "X_FORWARDED_PROTO",
    "X_REAL_IP",
    "FORWARDED",
    "VIA",
)
_HOUSEHOLD_PREFIX = 64
"""Bits of the IPv6 prefix that a provider assigns to a household, which may choose and change the other bits at will."""


def client_address(request: HttpRequest | Request) -> str:
    """Return the client's address in its canonical form: "192.0.2.7", "2001:db8::7", or "" if there is none."""
    forwarded_for = request.META.get("HTTP_X_FORWARDED_FOR", "")
    forwarded = request.META.get("HTTP_FORWARDED", "")
    return _walk(request.META.get("REMOTE_ADDR", ""), forwarded_for, forwarded)


def client_address_of_scope(scope: Mapping[str, Any]) -> str:
    """Return the client's address of an ASGI scope, for HTTP or a WebSocket."""
    peer = scope.get("client") or ("", 0)
    return _walk(peer[0] or "", _joined(scope, b"x-forwarded-for"), _joined(scope, b"forwarded"))


def client_network(address: str) -> str:
    """Return what a limit counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    known = parse_address(address)
    if known is None or known.version == 4:
        return address
    return str(ipaddress.ip_network((known, _HOUSEHOLD_PREFIX), strict=False))


def is_from_trusted_proxy(request: HttpRequest) -> bool:
    """Return whether the peer of this connection is a proxy that `TRUSTED_PROXIES` names."""
    return _is_trusted(parse_address(request.META.get("REMOTE_ADDR", "")))


def is_from_this_machine(request: HttpRequest) -> bool:
    """Return whether a program on this machine sent the request itself. A proxy on this machine does not count."""
    if any(f"HTTP_{name}" in request.META for name in _FORWARDING_HEADERS):
        return False
    peer = request.META.get("REMOTE_ADDR", "")
    known = parse_address(peer)
    return known is not None and (known.is_loopback or peer == settings.HOST)


def parse_address(text: str) -> IPAddress | None:
    """Return the address in `text`, with or without a port, or None if there is none.

    An IPv4-mapped IPv6 address becomes the IPv4 address, and a zone ("fe80::1%eth0") is removed.
    """
    text = text.strip()
    if found := _PORT.fullmatch(text):
        text = found["six"] or found["four"]
    try:
        known = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (known.ipv4_mapped or known) if known.version == 6 else known


def _walk(peer: str, forwarded_for: str, forwarded: str) -> str:
    """Walk from the peer to the left, past trusted proxies. Stop at an entry that is not an address."""
    client = parse_address(peer)
    if client is None:
        return peer
    entries = _entries(forwarded_for) if forwarded_for.strip() else _entries_of_forwarded(forwarded)
    for entry in entries:
        known = parse_address(entry) if _is_trusted(client) else None
        if known is None:
            break
        client = known
    return str(client)


def _entries(header: str) -> Iterator[str]:
    """Yield the elements of the list, the last one first."""
    for element in reversed(header.split(",")):
        if element.strip():
            yield element


def _entries_of_forwarded(header: str) -> Iterator[str]:
    """Yield each `for` of RFC 7239, the last one first.

    The list is split at every comma: a client that opens a quote must not swallow what the proxy appended.
    """
    for element in _entries(header):
        pairs = (pair.partition("=") for pair in element.split(";"))
        yield next(
            (value.strip().strip('"') for name, _, value in pairs if name.strip().lower() == "for"), ""
        )


def _is_trusted(address: IPAddress | None) -> bool:
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def _joined(scope: Mapping[str, Any], name: bytes) -> str:
    """Return a header with its repetitions joined by commas, as Django does."""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)

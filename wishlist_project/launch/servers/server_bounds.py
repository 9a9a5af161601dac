"""The limits of this process, from the settings, for both servers."""

from __future__ import annotations

from django.conf import settings

from core.http.client_address import client_network, parse_address
from core.http.request_bounds import RequestBounds
from wishlist_project.launch.servers.connection_bounds import connection_bounds
from wishlist_project.launch.servers.connections import Connections


def request_bounds() -> RequestBounds:
    return RequestBounds(
        header_bytes=settings.MAX_HEADER_BYTES,
        headers=settings.MAX_HEADERS,
        body_bytes=settings.MAX_BODY_BYTES,
    )


def open_connections() -> Connections:
    """Return an empty table of connections for this process. Peers are counted by network, trusted proxies not at all."""
    return Connections(connection_bounds(), household=client_network, is_trusted=_is_trusted_proxy)


def _is_trusted_proxy(address: str) -> bool:
    known = parse_address(address)
    return known is not None and any(known in network for network in settings.TRUSTED_PROXIES)

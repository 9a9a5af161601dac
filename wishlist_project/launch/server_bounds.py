"""The bounds of this process, as the settings have them, for either server."""

from __future__ import annotations

from django.conf import settings

from wishlist_project.base.request_bounds import RequestBounds
from wishlist_project.launch.connection_bounds import connection_bounds
from wishlist_project.launch.connections import Connections


def request_bounds() -> RequestBounds:
    return RequestBounds(
        header_bytes=settings.MAX_HEADER_BYTES,
        headers=settings.MAX_HEADERS,
        body_bytes=settings.MAX_BODY_BYTES,
    )


def open_connections() -> Connections:
    return Connections(connection_bounds())

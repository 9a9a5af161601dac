"""The URLs of pages, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.pages.page_addresses import methods_of

Route = tuple[str, list[str], list[str]]


def page_routes() -> list[Route]:
    """Return name, parameters and methods of each page, without the admin and the API."""
    return sorted({route[0]: route for route in _walk(get_resolver().url_patterns)}.values())


def _walk(patterns: Any, prefix: str = "") -> Iterator[Route]:
    for one in patterns:
        address = prefix + str(one.pattern)
        if address.startswith(("admin/", "api/")):
            continue
        if isinstance(one, URLResolver):
            if one.app_name != "rest_framework" and one.namespace != "rest_framework":
                yield from _walk(one.url_patterns, address)
        elif isinstance(one, URLPattern) and methods_of(one.callback):
            yield str(one.name), list(one.pattern.converters), methods_of(one.callback)

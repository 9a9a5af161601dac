"""Find out which addresses are whole pages, and from which page a form was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

FRAGMENTS = {"item-card", "share-card", "list-suggestions"}
"""Names of URLs whose GET returns a part of a page. A user who is redirected there would see only a card."""


def page_of(request: HttpRequest) -> str:
    """Return the page from which `request` was sent: a path of this site that answers GET with a whole page."""
    for address in (request.headers.get("HX-Current-URL", ""), request.headers.get("Referer", "")):
        own = _own_path(request, address)
        if own:
            return page_for(own)
    return page_for(request.get_full_path())


def page_for(address: str) -> str:
    """Return `address`, or the nearest page above it if it only takes forms or returns a part of a page."""
    path = urlsplit(address).path
    if not is_part(path):
        return address
    return next((above for above in _above(path) if _is_page(above)), "/")


def is_part(path: str) -> bool:
    """Return whether this path only takes forms or returns a part of a page."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    methods = methods_of(match.func)
    return match.url_name in FRAGMENTS or (bool(methods) and "GET" not in methods)


def methods_of(view: Any) -> list[str]:
    """Return the methods that `view` allows by django.views.decorators.http, or nothing if it has no such decorator."""
    while view is not None:
        code = getattr(view, "__code__", None)
        if code is not None and "request_method_list" in code.co_freevars:
            cell = view.__closure__[code.co_freevars.index("request_method_list")]
            return list(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return []


def is_from_here(request: HttpRequest) -> bool:
    """Return whether the browser says that a page of this site sent `request`. Other sites cannot forge it."""
    origin = request.headers.get("Origin")
    return origin == f"{request.scheme}://{request.get_host()}"


def _is_page(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return not is_part(path)


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _own_path(request: HttpRequest, address: str) -> str:
    """Return path and query of an address of this site, or an empty text for other sites."""
    parts = urlsplit(address)
    if not parts.netloc or not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")

"""Middleware that answers a conditional GET with 304 before sessions, REST framework and views are involved.

A client that has an answer already asks only whether it has changed (`If-None-Match`). To say "no" takes three things, and
no more: what the full path would do with a request of just these headers, which tag the answer has now, and whether the
client sent that tag. The first does not change while the process runs, so it is learned from the full path and kept. The
second is one statement, made by the app whose answer it is (`register_tag`): who asks, may they see it, which revision.

Whatever is unusual goes the full way: another status, a header that was not seen yet, an unknown token. So this middleware
can answer 304 only where the full path has answered a request with the same headers with 304, and would do so again
(docs/unchanged.md).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

A = TypeVar("A")

MOST = 512
"""Sets of request headers whose 304 is kept, about 1 KiB each."""

UNHEEDED = frozenset(
    {
        "HTTP_AUTHORIZATION",  # `asker` reads it
        "HTTP_IF_NONE_MATCH",  # compared with the tag
        "HTTP_REFERER",
        "HTTP_TRACEPARENT",
        "HTTP_TRACESTATE",
        "HTTP_USER_AGENT",
        "HTTP_X_FORWARDED_FOR",  # addresses count for limits alone, and reading has none
        "HTTP_X_REAL_IP",
        "HTTP_X_REQUEST_ID",  # request_ids.py stands above, and repeats it
    }
)
"""Headers that change nothing about a 304, or that are looked at for each request. All others have to be the same."""

HEEDED = ("SERVER_NAME", "SERVER_PORT", "CONTENT_TYPE", "CONTENT_LENGTH")

OF_EACH = {"etag", "x-request-id"}
"""Headers of an answer that are its own, and are not kept."""

Kept = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TaggedRoute:
    """An answer whose tag one statement can tell.

    `asker` says who asks for what, or None where that is unusual. It must not use the database. `tag` returns the tag of the
    answer that they would get, or None if they would get another answer than 200.
    """

    name: str
    path: re.Pattern[str]
    asker: Callable[[HttpRequest, Mapping[str, str]], Any]
    tag: Callable[[Any], str | None]


_routes: list[TaggedRoute] = []


def register_tag(
    name: str,
    path: re.Pattern[str],
    asker: Callable[[HttpRequest, Mapping[str, str]], A | None],
) -> Callable[[Callable[[A], str | None]], Callable[[A], str | None]]:
    """Register the function that tells the tag of the answers at `path`, an expression of the whole path."""

    def register(tag: Callable[[A], str | None]) -> Callable[[A], str | None]:
        _routes[:] = [route for route in _routes if route.name != name]
        _routes.append(TaggedRoute(name, path, asker, tag))
        return tag

    return register


class KnownAnswers:
    """The headers of the 304 that the full path gave, by all that they depend on. The least recently used goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()

    def of(self, key: Hashable) -> Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def keep(self, key: Hashable, response: HttpResponseBase) -> None:
        """Keep the headers of this answer, if it is a 304 that says nothing to one client alone."""
        if response.status_code != 304 or response.cookies:
            return
        with self._lock:
            self._kept[key] = tuple(
                (name, value) for name, value in response.items() if name.lower() not in OF_EACH
            )
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Forget everything, so that every request goes the full way once. For tests."""
        with self._lock:
            self._kept.clear()


known_answers = KnownAnswers()


def unchanged(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware. Put it below request ids, and above everything that costs something."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET" or "HTTP_IF_NONE_MATCH" not in request.META:
            return get_response(request)
        route, asker = _asked(request)
        if route is None:
            return get_response(request)
        key = _key(request, route)
        kept = known_answers.of(key)
        tag = _tag(route, asker) if kept is not None else None
        if kept is not None and tag is not None and is_known(request.META["HTTP_IF_NONE_MATCH"], tag):
            return _not_modified(kept, tag)
        response = get_response(request)
        known_answers.keep(key, response)
        return response

    return answer


def is_known(if_none_match: str, tag: str) -> bool:
    """Return whether the header names this tag, weakly, or any tag at all."""
    known = {known.removeprefix("W/") for known in parse_etags(if_none_match)}
    return tag in known or "*" in known


def _asked(request: HttpRequest) -> tuple[TaggedRoute | None, Any]:
    for route in _routes:
        if found := route.path.fullmatch(request.path_info):
            asker = route.asker(request, found.groupdict())
            return (None, None) if asker is None else (route, asker)
    return None, None


def _key(request: HttpRequest, route: TaggedRoute) -> Hashable:
    """Return all that the headers of the answer depend on. Middlewares change `META`, so call it before them."""
    meta = request.META
    heeded = [(name, meta.get(name)) for name in HEEDED]
    heeded += sorted(
        (name, value) for name, value in meta.items() if name[:5] == "HTTP_" and name not in UNHEEDED
    )
    # A proxy is believed for its address (forwarded_scheme.py).
    peer = meta.get("REMOTE_ADDR") if "HTTP_X_FORWARDED_PROTO" in meta else None
    return route.name, request.scheme, meta.get("SCRIPT_NAME"), peer, tuple(heeded)


def _tag(route: TaggedRoute, asker: Any) -> str | None:
    """Return the tag, or None if the database fails: the full path says so in its own way."""
    try:
        return route.tag(asker)
    except Error:
        return None


def _not_modified(kept: Kept, tag: str) -> HttpResponse:
    response = HttpResponse(status=304)
    del response["Content-Type"]
    for name, value in kept:
        response[name] = value
    response["ETag"] = tag
    return response

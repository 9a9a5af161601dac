"""Content negotiation: DRF's, but every `application/*+json` (such as `application/merge-patch+json`) is read as JSON."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from threading import Lock

from django.http import HttpRequest
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

PROBLEM_TYPE = "application/problem+json"
JSEND_TYPE = "application/vnd.jsend+json"


MOST = 256
"""Accept headers whose outcome is kept for each process. Clients send few different ones."""

Choice = tuple[int, str]
"""The place of the renderer in the view's list, and the media type that it renders."""

_chosen: OrderedDict[Hashable, Choice] = OrderedDict()
_lock = Lock()


class Negotiation(DefaultContentNegotiation):
    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return what DRF chooses. It parses the header anew for each request, so what it chose before is kept."""
        offered = list(renderers)
        key = request.META.get("HTTP_ACCEPT"), format_suffix, *map(type, offered)
        with _lock:
            choice = _chosen.get(key)
        if choice is None:
            renderer, media_type = super().select_renderer(request, offered, format_suffix)
            choice = offered.index(renderer), media_type
            with _lock:
                _chosen[key] = choice
                while len(_chosen) > MOST:
                    _chosen.popitem(last=False)
        place, media_type = choice
        return offered[place], media_type

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        named = (request.content_type or "").partition(";")[0].strip().lower()
        if named.startswith("application/") and named.endswith("+json"):
            return next((parser for parser in parsers if isinstance(parser, JSONParser)), None)
        return super().select_parser(request, parsers)


def accepts_by_name(request: HttpRequest | Request, media_type: str) -> bool:
    """Return whether the `Accept` header names exactly this media type; wildcards do not count."""
    header: str = request.headers.get("Accept", "")
    return any(part.partition(";")[0].strip().lower() == media_type for part in header.split(","))

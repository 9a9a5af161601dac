"""Content negotiation: DRF's, but every `application/*+json` (such as `application/merge-patch+json`) is read as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

PROBLEM_TYPE = "application/problem+json"
JSEND_TYPE = "application/vnd.jsend+json"


class Negotiation(DefaultContentNegotiation):
    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        named = (request.content_type or "").partition(";")[0].strip().lower()
        if named.startswith("application/") and named.endswith("+json"):
            return next((parser for parser in parsers if isinstance(parser, JSONParser)), None)
        return super().select_parser(request, parsers)


def accepts_by_name(request: HttpRequest | Request, media_type: str) -> bool:
    """Return whether the `Accept` header names exactly this media type; wildcards do not count."""
    header: str = request.headers.get("Accept", "")
    return any(part.partition(";")[0].strip().lower() == media_type for part in header.split(","))

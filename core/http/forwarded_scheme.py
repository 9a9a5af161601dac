"""Middleware that makes Django's SECURE_PROXY_SSL_HEADER reliable: only trusted proxies may set it.

If the site is served over TLS but no proxy is trusted, the scheme of a request is unknown. Then the setting HTTPS decides,
because a redirect to https would loop.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from core.http.client_address import is_from_trusted_proxy

_SCHEME = "HTTP_X_FORWARDED_PROTO"


@sync_and_async_middleware
def forwarded_scheme(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware. Put it above everything that calls `request.is_secure()`."""
    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            _correct_scheme(request)
            return await answer(request)

        return middleware

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        _correct_scheme(request)
        response: HttpResponseBase = get_response(request)
        return response

    return sync_middleware


def _correct_scheme(request: HttpRequest) -> None:
    told = request.META.pop(_SCHEME, "")
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        request.META[_SCHEME] = "https"
    elif told and is_from_trusted_proxy(request):
        # Of several headers the proxy has set the last; the client may have sent the others.
        request.META[_SCHEME] = told.rpartition(",")[2].strip()

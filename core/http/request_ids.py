"""Middleware that gives each request an id, which is in the answer and in every line logged meanwhile.

It must be the outermost middleware. It also adds `Retry-After` to every 429 and 503 that lacks it.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

current_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def request_id_of(given: str | None) -> str:
    """Return the client's own id if it is well formed, else a new one."""
    return given if given and _WELL_FORMED.fullmatch(given) else str(uuid.uuid4())


@sync_and_async_middleware
def request_ids(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, sync and async, so that async views do not need a thread."""
    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            request_id = _begin(request)
            return _mark(await answer(request), request_id)

        return middleware

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        request_id = _begin(request)
        return _mark(get_response(request), request_id)

    return sync_middleware


class RequestIdFilter(logging.Filter):
    """Adds a `request_id` to log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id.get()
        return True


def _begin(request: HttpRequest) -> str:
    request_id = request_id_of(request.META.get("HTTP_X_REQUEST_ID"))
    current_request_id.set(request_id)
    return request_id


def _mark(response: HttpResponseBase, request_id: str) -> HttpResponseBase:
    response["X-Request-ID"] = request_id
    if response.status_code in (429, 503) and "Retry-After" not in response:
        response["Retry-After"] = "1"
    return response

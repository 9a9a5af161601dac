"""Middleware that cleans up requests, or refuses them, before other code reads them.

A trailing slash is removed without a redirect, which would turn POST into GET. Only addresses of Django's admin have one.
Unknown hosts, forms that cannot be parsed, and forms with too many fields are refused.
Text that no database can store (text_safety.py) is refused in the path, the query, cookies and forms of pages. The API's
parsers check its bodies, and guard.py checks headers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext_lazy as _

from core.errors.error_pages import refuse
from core.errors.failures import BadRequest, as_refusal
from core.text.text_safety import are_storable, is_storable

API = "/api/v1/"
ADMIN = "/admin/"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@sync_and_async_middleware
def clean_requests(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware. Put it below CORS, so that refusals have its headers, and above sessions, which read cookies."""
    if iscoroutinefunction(get_response):
        answer: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            refusal = _refusal(request)
            return await answer(request) if refusal is None else refusal

        return middleware

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        refusal = _refusal(request)
        return get_response(request) if refusal is None else refusal

    return sync_middleware


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Return the answer that refuses the request, or None. With DEBUG, Django would show its own page."""
    try:
        _drop_slash(request)
        request.get_host()
        is_clean = _is_clean(request)
    except Exception as error:
        refusal = as_refusal(error)
        if refusal is None:
            raise
        return refuse(request, refusal)
    if is_clean:
        return None
    return refuse(
        request, BadRequest(_("The request contains characters that can't be stored, such as NUL."))
    )


def _drop_slash(request: HttpRequest) -> None:
    path = request.path_info
    if path.endswith("/") and path != "/" and not path.startswith(ADMIN):
        request.path_info = path[:-1]
        request.path = request.path[:-1]


def _is_clean(request: HttpRequest) -> bool:
    if not is_storable(request.path_info):
        return False
    if not all(are_storable([name, *values]) for name, values in request.GET.lists()):
        return False
    if not all(are_storable(cookie) for cookie in request.COOKIES.items()):
        return False
    if request.path_info.startswith(API) or request.content_type not in _FORMS:
        return True
    return all(are_storable([name, *values]) for name, values in request.POST.lists())

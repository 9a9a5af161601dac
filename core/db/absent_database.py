"""Middleware that answers 503 where the database is unreachable, read-only or not migrated.

With DEBUG, Django would show its page with a traceback, although no code is at fault.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.errors.error_pages import refuse
from core.errors.failures import DatabaseUnavailable, database_refusal

_MARK = "database_refusal"


@receiver(got_request_exception)
def note_absence(*, request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Mark the request if the exception that Django is handling comes from an unavailable database."""
    error = sys.exception()
    if request is not None and error is not None and (refusal := database_refusal(error)):
        setattr(request, _MARK, refusal)


def absent_database(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        refusal: DatabaseUnavailable | None = getattr(request, _MARK, None)
        return refuse(request, refusal) if refusal and response.status_code == 500 else response

    return answer

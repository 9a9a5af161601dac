"""The cookie sessions of pages, saved after each view that changed them."""

from __future__ import annotations

from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error
from django.http import HttpRequest, HttpResponse

from core.errors.error_pages import refuse_database


class PageSessions(SessionMiddleware):
    """Django's, but a session that cannot be saved now is a 503."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except Error as error:
            return refuse_database(request, error)

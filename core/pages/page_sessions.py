"""The session middleware of pages."""

from __future__ import annotations

from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error
from django.http import HttpRequest, HttpResponse

from core.errors.error_pages import refuse_database


class PageSessions(SessionMiddleware):
    """Django's middleware, but it answers 503 if the database cannot save the session now."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except Error as error:
            return refuse_database(request, error)

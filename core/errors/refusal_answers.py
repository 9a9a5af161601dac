"""A refusal is an answer wherever it is raised: pages and the admin too, not in the API alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import APIException, MethodNotAllowed

from core.errors.error_pages import refuse, refuse_database
from core.errors.failures import is_database_unavailable


class RefusalAnswers(MiddlewareMixin):
    """Turns a refusal that a view let through, a database that is away, and Django's bare 405, into a page or problem
    document."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, APIException):
            return refuse(request, exception)
        return refuse_database(request, exception) if is_database_unavailable(exception) else None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        answer = refuse(request, MethodNotAllowed(request.method or ""))
        answer["Allow"] = response["Allow"]
        return answer

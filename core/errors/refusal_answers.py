"""Middleware that answers refusals which are raised outside the API, in pages and in the admin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import APIException, MethodNotAllowed

from core.errors.error_pages import refuse
from core.errors.failures import database_refusal
from core.errors.unavailability import log_unavailable


class RefusalAnswers(MiddlewareMixin):
    """Answers with a page or a problem document: refusals, an unavailable database, and Django's 405 without a body."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, APIException):
            return refuse(request, exception)
        refusal = database_refusal(exception)
        if refusal is None:
            return None
        log_unavailable(request, exception)
        return refuse(request, refusal)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        answer = refuse(request, MethodNotAllowed(request.method or ""))
        answer["Allow"] = response["Allow"]
        return answer

"""A refusal is an answer wherever it is raised: pages and the admin too, not in the API alone."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import APIException, MethodNotAllowed

from core.errors.error_pages import refuse
from core.errors.failures import database_refusal

logger = logging.getLogger(__name__)


class RefusalAnswers(MiddlewareMixin):
    """Turns a refusal that a view let through, a database that is away, and Django's bare 405, into a page or problem
    document."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, APIException):
            return refuse(request, exception)
        refusal = database_refusal(exception)
        if refusal is None:
            return None
        logger.warning("503 %s: %s", request.path, exception)
        return refuse(request, refusal)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        answer = refuse(request, MethodNotAllowed(request.method or ""))
        answer["Allow"] = response["Allow"]
        return answer

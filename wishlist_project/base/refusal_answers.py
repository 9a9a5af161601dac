"""A refusal is an answer wherever it is raised: pages and the admin too, not in the API alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import APIException, MethodNotAllowed

from wishlist_project.base.error_pages import refuse


class RefusalAnswers(MiddlewareMixin):
    """Turns a refusal that a view let through, and Django's bare 405, into a page or problem document."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refuse(request, exception) if isinstance(exception, APIException) else None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        answer = refuse(request, MethodNotAllowed(request.method or ""))
        answer["Allow"] = response["Allow"]
        return answer

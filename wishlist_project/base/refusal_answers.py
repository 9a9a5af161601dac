"""A refusal is an answer wherever it is raised: pages and the admin too, not in the API alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import APIException

from wishlist_project.base.error_pages import refuse


class RefusalAnswers(MiddlewareMixin):
    """Turns a refusal that a view let through into its page or problem document."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refuse(request, exception) if isinstance(exception, APIException) else None

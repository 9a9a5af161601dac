"""Answers to errors outside API views: unknown addresses, bad hosts, missing CSRF tokens, exceptions in middleware.

Under `/api` they are problem documents, elsewhere pages. The pages of a 400 and of a 5xx do not extend the site's base
template: it may need what is broken.
"""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from core.api.negotiation import JSEND_TYPE, PROBLEM_TYPE, accepts_by_name
from core.api.renderers import encode, jsend
from core.errors.failures import (
    BadRequest,
    ServerError,
    as_refusal,
    database_refusal,
)
from core.errors.problems import headers_of, problem_of
from core.errors.refusals import Forbidden, NotFound


class CsrfFailed(Forbidden):
    default_code = "csrf_failed"
    default_detail = _("This form is out of date. Reload the page and send it again.")


def refuse(request: HttpRequest, exc: APIException) -> HttpResponse:
    """Return `exc` as an answer outside DRF, for middleware and for the handlers below."""
    answer = _problem(request, exc) if wants_problem(request) else _page(request, exc)
    for name, value in headers_of(exc).items():
        answer[name] = value
    return answer


def refuse_in_place(answer: HttpResponse, exc: APIException) -> HttpResponse:
    """Give `answer` the status and headers of `exc`. It is the page with the form, and shows the error next to the input."""
    answer.status_code = exc.status_code
    for name, value in headers_of(exc).items():
        answer[name] = value
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, as_refusal(exception) or BadRequest())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, Forbidden())


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 if the exception that Django is handling comes from the database being unavailable, else 500."""
    error = sys.exception()
    unavailable = None if error is None else database_refusal(error)
    return refuse(request, unavailable or ServerError())


def wants_problem(request: HttpRequest) -> bool:
    """Return whether to answer with a problem document: under /api, or if the client accepts JSON by name.

    Browsers and htmx do not.
    """
    if request.path_info == "/api" or request.path_info.startswith("/api/"):
        return True
    return any(accepts_by_name(request, name) for name in ("application/json", PROBLEM_TYPE, JSEND_TYPE))


def _problem(request: HttpRequest, exc: APIException) -> HttpResponse:
    problem: dict[str, Any] = problem_of(exc, request)
    if accepts_by_name(request, JSEND_TYPE):
        return HttpResponse(encode(jsend(problem, exc.status_code)), JSEND_TYPE, exc.status_code)
    return HttpResponse(encode(problem), PROBLEM_TYPE, exc.status_code)


def _page(request: HttpRequest, exc: APIException) -> HttpResponse:
    """Render `errors/<status>.html` if it exists. A 400 may be about the host name, which links of the base template need.

    For htmx, which would put the page into a card, only the sentence is rendered.
    """
    if "HX-Request" in request.headers:
        said = loader.render_to_string("errors/said.html", {"sentence": exc.detail})
        return HttpResponse(said, status=exc.status_code, headers={"HX-Reswap": "none"})
    alone = exc.status_code == 400 or exc.status_code >= 500
    names = [f"errors/{exc.status_code}.html", "errors/fault.html" if alone else "errors/refusal.html"]
    context = {"status": exc.status_code, "sentence": exc.detail}
    page = loader.select_template(names).render(context, None if alone else request)
    return HttpResponse(page, status=exc.status_code)

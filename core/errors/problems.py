"""Errors as RFC 9457 problem documents. Every error of the API has this form.

`code` is a stable word for programs, `detail` one sentence that tells a person what to do. `type` is always
`about:blank`, so `title` is the status in words. A 5xx never reveals its cause.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.settings import api_settings

from core.api.negotiation import PROBLEM_TYPE, accepts_by_name

Problem = dict[str, Any]

LOST_RESERVATION = "reservation_conflict"


def problem_of(exc: APIException, request: HttpRequest | Request) -> Problem:
    """Return the problem document for `exc` as an answer to `request`."""
    if isinstance(exc, ValidationError):
        errors = list(flat_errors(exc.detail))
        return _document(request, exc.status_code, "invalid_input", _sentence(errors)) | {"errors": errors}
    code, sentence = _code_and_sentence(exc)
    problem = _document(request, exc.status_code, code, sentence) | getattr(exc, "extra", {})
    if code == LOST_RESERVATION and not accepts_by_name(request, PROBLEM_TYPE):
        # Existing clients read the conflict from inside `detail`.
        current = problem.get("current_item")
        problem["detail"] = {"code": code, "message": sentence, "current_item": current}
    return problem


def headers_of(exc: APIException) -> dict[str, str]:
    """Return the headers of an error. Every 429 and 503 has `Retry-After`, in whole seconds and at least one."""
    headers: dict[str, str] = dict(getattr(exc, "headers", {}))
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if exc.status_code in (429, 503):
        headers["Retry-After"] = str(max(1, math.ceil(getattr(exc, "wait", None) or 1)))
    return headers


def _document(request: HttpRequest | Request, status: int, code: str, sentence: str) -> Problem:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "code": code,
        "instance": escape_uri_path(request.path),
    }


def _code_and_sentence(exc: APIException) -> tuple[str, str]:
    """Return code and sentence of `exc`.

    simplejwt raises exceptions with a list or a dict: then its `detail` is used, else the first sentence.
    """
    detail: Any = exc.detail
    if isinstance(detail, Mapping) and "detail" in detail:
        detail = detail["detail"]
    while isinstance(detail, Mapping | list):
        detail = next(iter(detail.values() if isinstance(detail, Mapping) else detail), "")
    code = getattr(detail, "code", None) or exc.default_code
    return str(code), str(detail or exc.default_detail)


def flat_errors(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Flatten serializer errors, which are nested like the input, into a list with JSON pointers into the input."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            of_the_whole = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from flat_errors(below, pointer if of_the_whole else f"{pointer}/{_escape(str(name))}")
    elif isinstance(detail, list):
        for index, below in enumerate(detail):
            yield from flat_errors(below, pointer if isinstance(below, str) else f"{pointer}/{index}")
    else:
        yield {
            "pointer": pointer,
            "code": str(getattr(detail, "code", None) or "invalid"),
            "detail": str(detail),
        }


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _sentence(errors: list[dict[str, str]]) -> str:
    """Return the sentence of the whole answer: a single error's text, or the names of several fields."""
    names = list(dict.fromkeys(error["pointer"].lstrip("/") for error in errors if error["pointer"]))
    if len(names) > 1:
        return _("Please correct these fields: %(names)s.") % {"names": ", ".join(names)}
    if not errors:
        return _("The input isn't valid.")
    first = errors[0]
    return f"{names[0]}: {first['detail']}" if first["pointer"] else first["detail"]

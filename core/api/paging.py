"""Paging: a collection is a bare JSON array with all rows, or with one page of them if `?page=` is given.

Headers say which page it is. `page_of` is for plain views and rows of any kind; `HeaderPagination` is for DRF's list views.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from core.errors.refusals import Refusal

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200

Rows = Sequence[Any] | QuerySet[Any, Any]
R = TypeVar("R", bound=Rows)


class BadPage(Refusal):
    status_code = 400
    default_code = "bad_page"
    default_detail = _("page must be a whole number, 1 or more.")


class BadPageSize(Refusal):
    status_code = 400
    default_code = "bad_page_size"
    default_detail = _("page_size must be a whole number from 1 to 200.")


class NoSuchPage(Refusal):
    status_code = 404
    default_code = "no_such_page"
    default_detail = _("This page doesn't exist. The first page is page=1.")


def page_of(request: HttpRequest | Request, rows: R) -> tuple[R, dict[str, str]]:
    """Return the rows of the requested page and its headers; without `?page=` all rows and no headers."""
    asked = request.GET.get("page")
    if asked is None:
        return rows, {}
    number = _whole(asked, BadPage)
    size = _whole(request.GET.get("page_size", str(PAGE_SIZE)), BadPageSize)
    if size > MAX_PAGE_SIZE:
        raise BadPageSize
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    last = max(1, -(-total // size))
    if number > last:
        raise NoSuchPage
    part: Any = rows[(number - 1) * size : number * size]  # of the same type as `rows`
    return part, {
        "Link": _links(request.build_absolute_uri(), number, last),
        "X-Total-Count": str(total),
    }


class HeaderPagination(BasePagination):
    """Offers `page_of` to DRF's list views and to the OpenAPI document."""

    _headers: dict[str, str]

    def paginate_queryset(
        self, queryset: Rows, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        rows, self._headers = page_of(request, queryset)
        return list(rows) if self._headers else None

    def get_paginated_response(self, data: Any) -> Response:
        return Response(data, headers=self._headers)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            _parameter(
                "page", "The number of a page. Without it, the answer has everything.", {"minimum": 1}
            ),
            _parameter(
                "page_size", "Rows per page.", {"minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
            ),
        ]


def _whole(text: str, refusal: type[Refusal]) -> int:
    """Return the number in `text`, which must be ASCII digits, or raise `refusal`.

    `int` would also read `1_0` and Arabic digits, and fail on thousands of digits.
    """
    if not (text.isascii() and text.isdecimal()):
        raise refusal
    number = int(text.lstrip("0")[:20] or 0)
    if not number:
        raise refusal
    return number


def _links(url: str, number: int, last: int) -> str:
    pages = {"first": 1, "prev": number - 1, "next": number + 1, "last": last}
    return ", ".join(
        f'<{replace_query_param(url, "page", page)}>; rel="{rel}"'
        for rel, page in pages.items()
        if 1 <= page <= last
    )


def _parameter(name: str, description: str, bounds: dict[str, int]) -> dict[str, Any]:
    schema = {"type": "integer", **bounds}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}

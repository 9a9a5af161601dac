"""URLs for core's tests: views that answer, refuse and fail, without a database."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.paging import HeaderPagination, page_of
from core.errors.refusals import Refusal

WHEN = datetime.datetime(2026, 5, 17, 8, 30, tzinfo=datetime.UTC)
SECRET = "canary-9d3f"


class Lost(Refusal):
    default_code = "reservation_conflict"
    default_detail = _("Somebody was faster.")


class Row(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=5)


class Body(serializers.Serializer[Any]):
    name = serializers.CharField()
    items = Row(many=True, required=False)


RAISES: dict[str, Callable[[], Exception]] = {
    "lost": lambda: Lost(current_item={"id": 1}),
    "gone": lambda: Http404("No Wishlist matches the given query."),
    "denied": PermissionDenied,
    "throttled": lambda: Throttled(wait=2.3),
    "unhurried": Throttled,
    "away": lambda: OperationalError("connection to 10.0.0.1 refused"),
    "unstorable": lambda: DataError("integer out of range"),
    "broken": lambda: RuntimeError(SECRET),
}


class Open(APIView):
    authentication_classes = ()
    permission_classes = ()


class Echo(Open):
    """Answers with the data of the request."""

    def post(self, request: Request) -> Response:
        return Response(request.data)

    put = patch = post


class Things(Open):
    """Answers with a value of each type that answers contain."""

    def get(self, request: Request) -> Response:
        return Response({"id": uuid.UUID(int=7), "at": WHEN, "on": WHEN.date(), "word": _("English")})


class Nothing(Open):
    def get(self, request: Request) -> Response:
        return Response(None)

    def delete(self, request: Request) -> Response:
        return Response(status=204)


class Checked(Open):
    def post(self, request: Request) -> Response:
        body = Body(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(body.validated_data)


class Raising(Open):
    def get(self, request: Request, what: str) -> Response:
        raise RAISES[what]()


class Paged(Open):
    pagination_class = HeaderPagination

    def get(self, request: Request) -> Response:
        rows, headers = page_of(request, range(5))
        return Response(list(rows), headers=headers)


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.method)


def break_plain(request: HttpRequest, what: str) -> HttpResponse:
    raise RAISES[what]()


async def waiting(request: HttpRequest) -> HttpResponse:
    return HttpResponse("waited")


def overloaded(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503)


urlpatterns = [
    # Linked by the template of the browsable API.
    path("api/v1", plain, name="api-root"),
    path("docs", plain, name="api-docs"),
    path("api/v1/session/", include("rest_framework.urls")),
    path("api/v1/echo", Echo.as_view()),
    path("api/v1/things", Things.as_view()),
    path("api/v1/nothing", Nothing.as_view()),
    path("api/v1/checked", Checked.as_view()),
    path("api/v1/raising/<what>", Raising.as_view()),
    path("api/v1/paged", Paged.as_view()),
    path("api/v1/overloaded", overloaded),
    path("api/v1/waiting", waiting),
    path("api/v1/plain/<what>", break_plain),
    path("pages", plain),
    path("pages/<what>", break_plain),
]
handler400 = "core.errors.error_pages.bad_request"
handler403 = "core.errors.error_pages.permission_denied"
handler404 = "core.errors.error_pages.page_not_found"
handler500 = "core.errors.error_pages.server_error"

"""The root of the API, and its documentation, which works offline."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.http import HttpRequest, HttpResponse
from django.urls.converters import StringConverter
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from accounts.access.scopes import OPEN
from accounts.models import User
from core.api.browsable import Links
from core.errors.error_pages import refuse
from core.errors.failures import as_refusal
from core.errors.refusals import NotFound
from wishlist_project.openapi import openapi_document

COLLECTIONS = {
    "wishlists": "wishlist-list",
    "shopping-lists": "shopping-list-list",
    "reservations": "reservation-list",
    "contributions": "own-contribution-list",
    "waiting": "waiting-list",
    "budgets": "budgets-list",
    "people": "person-list",
    "exchanges": "exchange-list",
    "presets": "presets",
    "groups": "api-groups",
    "notifications": "api-notifications",
    "jobs": "api-jobs",
    "me": "api-me",
    "sessions": "api-sessions",
    "tokens": "api-tokens",
    "factors": "api-factors",
    "notification_choices": "api-notification-choices",
    "push_subscriptions": "api-push-subscriptions",
    "feeds": "api-feeds",
    "webhooks": "webhooks",
    "schema": "api-schema",
    "docs": "api-docs",
}
BESIDE_COLLECTIONS = {
    "inbox/events": "inbox-events",
    "reservations.csv": "reservations-csv",
    "metadata": "metadata",
    "auth/me": "api-auth-me",
    "auth/ping": "api-ping",
}
"""Addresses that are not collections. The browsable API links to them; programs find them in the OpenAPI document."""
OF_STAFF = {"admin/users": "admin-users", "admin/reports": "admin-reports"}


class ApiRoot(APIView):
    """Where to begin. Log in, then follow the links."""

    token_access = OPEN
    open_to_all = True
    permission_classes = (AllowAny,)

    def get_view_name(self) -> str:
        return str(_("Wishlist API"))

    @extend_schema(operation_id="collections", tags=["collections"], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List the collections of the API with their URLs."""
        return Response({name: reverse(route, request=request) for name, route in COLLECTIONS.items()})

    def links(self, data: dict[str, str]) -> Links:
        beside = BESIDE_COLLECTIONS | _managed_by(self.request.user)
        return [*data.items(), *((name, reverse(route)) for name, route in beside.items())]


def _managed_by(user: object) -> dict[str, str]:
    """Return what only staff and administrators see, so that others do not learn that there are tenants."""
    if not isinstance(user, User):
        return {}
    found = OF_STAFF if user.is_staff else {}
    if user.is_tenant_admin:
        found = found | {"users": "api-users"}
    return found | ({"tenants": "api-tenants"} if user.is_superuser else {})


class Anything(StringConverter):
    """Matches the rest of an address, line breaks included."""

    regex = "(?s:.*)"


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an unknown address with a problem document. With DEBUG, Django would show its own page."""
    return refuse(request, NotFound())


class DocumentView(APIView):
    """A view whose renderers can only render its document, so errors are rendered as pages or problem documents."""

    token_access = OPEN
    authentication_classes = ()
    permission_classes = (AllowAny,)
    metadata_class = None

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # DRF takes any answer
        refusal = as_refusal(exc)
        if refusal is None:
            raise exc
        return refuse(self.request._request, refusal)


class SchemaView(DocumentView, SpectacularAPIView):
    """The OpenAPI document."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(openapi_document())


_STYLED = {"style-src": [SELF, UNSAFE_INLINE]}
"""Swagger UI and ReDoc set inline styles. Scripts are only allowed from this site."""


@method_decorator(csp_update({"style-src": [UNSAFE_INLINE]}), "dispatch")
class DocsView(DocumentView, SpectacularSwaggerSplitView):
    """Swagger UI, to try every call."""

    url_name = "api-schema"


@method_decorator(csp_replace(_STYLED | {"img-src": [SELF, "data:"], "worker-src": ["blob:"]}), "dispatch")
class RedocView(DocumentView, SpectacularRedocView):
    """ReDoc, to read. It would fetch its maker's logo from elsewhere; its pictures are kept to our own."""

    url_name = "api-schema"
    template_name = "api/redoc.html"

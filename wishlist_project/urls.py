"""All URLs, by app."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, register_converter

from realtime.reference.pages import asyncapi, ws
from wishlist_project import openapi  # noqa: F401 - importing it registers the authentication schemes
from wishlist_project.api import Anything, ApiRoot, DocsView, RedocView, SchemaView, nothing_here
from wishlist_project.health import health
from wishlist_project.home import home, open_demo

register_converter(Anything, "anything")

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("health", health, name="health"),
    path("api/v1", ApiRoot.as_view(), name="api-root"),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("notices.api.urls")),
    path("api/v1/", include("jobs.api.urls")),
    path("api/v1/", include("people.api.urls")),
    path("api/v1/", include("wishlists.api.urls")),
    path("api/v1/", include("sharing.api.urls")),
    path("api/v1/", include("moderation.api.urls")),
    path("api/v1/", include("exchanges.api.urls")),
    path("api/v1/", include("realtime.http.urls")),
    path("api/v1/", include("webhooks.api.urls")),
    path("api/schema", SchemaView.as_view(), name="api-schema"),
    path("api/asyncapi", asyncapi, name="api-asyncapi"),
    path("", include("notices.web.urls")),
    path("api", nothing_here, {"rest": ""}),
    path("api/<anything:rest>", nothing_here),
    path("docs", DocsView.as_view(), name="api-docs"),
    path("docs/ws", ws, name="socket-docs"),
    path("redoc", RedocView.as_view(), name="api-redoc"),
    path("", home, name="home"),
    path("demo/<str:who>", open_demo, name="demo"),
    path("", include("accounts.web.urls")),
    path("", include("jobs.web.urls")),
    path("", include("people.web.urls")),
    path("", include("wishlists.web.urls")),
    path("", include("moderation.web.urls")),
    path("", include("webhooks.web.urls")),
    path("", include("sharing.web.urls")),
    path("", include("exchanges.web.urls")),
]

handler400 = "core.errors.error_pages.bad_request"
handler403 = "core.errors.error_pages.permission_denied"
handler404 = "core.errors.error_pages.page_not_found"
handler500 = "core.errors.error_pages.server_error"

"""URLs of people in the API, under `api/v1/`, without trailing slashes."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from people.api.views import PeopleBulkView, PersonViewSet

_router = SimpleRouter(trailing_slash=False, use_regex_path=False)
_router.register("people", PersonViewSet, "person")

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/bulk", PeopleBulkView.as_view(), name="people-bulk"),
    *_router.urls,
]

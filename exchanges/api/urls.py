"""URLs of exchanges in the API, under `api/v1/`, without trailing slashes."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from exchanges.api.views import (
    ExchangeExclusionViewSet,
    ExchangeParticipantViewSet,
    ExchangeToJoinView,
    ExchangeViewSet,
    JoinExchangeViewSet,
    MineView,
)

_EXCHANGE = "exchanges/<uuid:exchange_id>"

_router = SimpleRouter(trailing_slash=False, use_regex_path=False)
_router.register("exchanges", ExchangeViewSet, "exchange")
_router.register(f"{_EXCHANGE}/participants", ExchangeParticipantViewSet, "exchange-participant")
_router.register(f"{_EXCHANGE}/exclusions", ExchangeExclusionViewSet, "exchange-exclusion")

urlpatterns: list[URLPattern | URLResolver] = [
    *_router.urls,
    path(
        f"{_EXCHANGE}/join",
        JoinExchangeViewSet.as_view({"post": "create"}, detail=False),
        name="exchange-join",
    ),
    path(f"{_EXCHANGE}/mine", MineView.as_view(), name="exchange-mine"),
    path("exchanges/invitation", ExchangeToJoinView.as_view(), name="exchange-to-join"),
]

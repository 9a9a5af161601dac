"""URLs of lists in the API, under `api/v1/`, without trailing slashes."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from wishlists.api.shopping_lists import (
    ShoppingListItemViewSet,
    ShoppingListMemberViewSet,
    ShoppingListViewSet,
)
from wishlists.api.views.activity import LogTableView
from wishlists.api.views.budgets import BudgetsViewSet, BudgetViewSet, MyGiftsTableView
from wishlists.api.views.collections import CollectionViewSet
from wishlists.api.views.drafts import DraftViewSet
from wishlists.api.views.gifts import GiftsView, RevealView, ThanksViewSet
from wishlists.api.views.items import ItemViewSet, ListItemViewSet
from wishlists.api.views.messages import TalkViewSet
from wishlists.api.views.money import ContributionViewSet, OwnContributionViewSet, PotViewSet
from wishlists.api.views.people import ListGroupViewSet, MemberViewSet
from wishlists.api.views.presets import PresetsView
from wishlists.api.views.product_preview import MetadataView
from wishlists.api.views.recipients import RecipientsViewSet, WhoSeesView
from wishlists.api.views.reservations import ItemReservationViewSet, ReservationViewSet
from wishlists.api.views.waitlist import ItemWaitingViewSet, WaitingViewSet
from wishlists.api.views.wishlists import WishlistViewSet

_LIST = "wishlists/<uuid:wishlist_id>"
_SHOPPING_LIST = "shopping-lists/<uuid:wishlist_id>"
_ITEM = f"{_LIST}/items/<uuid:item_id>"

_router = SimpleRouter(trailing_slash=False, use_regex_path=False)
_router.register("wishlists", WishlistViewSet, "wishlist")
_router.register(f"{_LIST}/items", ListItemViewSet, "list-item")
_router.register(f"{_LIST}/drafts", DraftViewSet, "draft")
_router.register(f"{_LIST}/groups", ListGroupViewSet, "list-group")
_router.register(f"{_LIST}/members", MemberViewSet, "member")
_router.register(f"{_ITEM}/reservations", ItemReservationViewSet, "item-reservation")
_router.register(f"{_ITEM}/contributions", ContributionViewSet, "contribution")
_router.register(f"{_LIST}/thanks", ThanksViewSet, "thanks")
_router.register(f"{_LIST}/collections", CollectionViewSet, "collection")
_router.register(f"{_LIST}/pot/contributions", PotViewSet, "pot")
_router.register(f"{_ITEM}/messages", TalkViewSet, "talk")
_router.register("shopping-lists", ShoppingListViewSet, "shopping-list")
_router.register(f"{_SHOPPING_LIST}/items", ShoppingListItemViewSet, "shopping-list-item")
_router.register(f"{_SHOPPING_LIST}/members", ShoppingListMemberViewSet, "shopping-list-member")
_router.register("items", ItemViewSet, "item")
_router.register("reservations", ReservationViewSet, "reservation")
_router.register("contributions", OwnContributionViewSet, "own-contribution")
_router.register("waiting", WaitingViewSet, "waiting")
_router.register("budgets", BudgetsViewSet, "budgets")

urlpatterns: list[URLPattern | URLResolver] = [
    *_router.urls,
    path(
        f"{_LIST}/recipients",
        RecipientsViewSet.as_view({"get": "list", "put": "put", "patch": "put"}, detail=False),
        name="recipients",
    ),
    path(
        f"{_ITEM}/waiting",
        ItemWaitingViewSet.as_view({"get": "retrieve", "post": "create", "delete": "destroy"}, detail=False),
        name="item-waiting",
    ),
    path(f"{_LIST}/who-sees", WhoSeesView.as_view(), name="wishlist-who-sees"),
    path(f"{_LIST}/activity.csv", LogTableView.as_view(), name="wishlist-activity-csv"),
    path(
        f"{_LIST}/budget",
        BudgetViewSet.as_view(
            {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}, detail=True
        ),
        name="budget",
    ),
    path("reservations.csv", MyGiftsTableView.as_view(), name="reservations-csv"),
    path("presets", PresetsView.as_view(), name="presets"),
    path(f"{_LIST}/reveal", RevealView.as_view(), name="wishlist-reveal"),
    path(f"{_LIST}/gifts", GiftsView.as_view(), name="wishlist-gifts"),
    path("metadata", MetadataView.as_view(), name="metadata"),
]

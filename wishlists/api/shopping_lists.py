"""`/shopping-lists`: a second name for `/wishlists` and what belongs to a list, for shared lists only."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.browsable import Links
from wishlists.api.lookups import visible_list
from wishlists.api.views.items import ListItemViewSet
from wishlists.api.views.people import MemberViewSet
from wishlists.api.views.wishlists import WishlistViewSet
from wishlists.models import Wishlist
from wishlists.refusals import NoSuchList


class OnSharedLists(APIView):
    """For views of one list: other lists than shared ones don't exist here."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        wishlist_id = kwargs.get("wishlist_id")
        if wishlist_id is None or request.method == "OPTIONS":
            return
        if not visible_list(request, wishlist_id).wishlist.is_shared:
            raise NoSuchList


class ShoppingListViewSet(OnSharedLists, WishlistViewSet):
    """Shared lists: yours, and those that others share with you."""

    one, many = _("Shared list"), _("Shared lists")
    kind = Wishlist.Kind.SHARED

    def links(self, data: Any) -> Links:
        rows = data if isinstance(data, list) else [data]
        if self.action in ("list", "reorder"):
            return [(row["title"], reverse("shopping-list-detail", args=[row["id"]])) for row in rows]
        wishlist_id = self.kwargs.get("wishlist_id") or data["id"]
        names = {
            "shopping-list-detail": _("The list"),
            "shopping-list-item-list": _("Items"),
            "shopping-list-member-list": _("Members"),
            "shopping-list-share-list": _("Members (owner only)"),
            "shopping-list-activity": _("History"),
            "shopping-list-delete-impact": _("Effects of deleting it"),
            "wishlist-detail": _("The list with everything about it"),
        }
        return [(str(text), reverse(name, args=[wishlist_id])) for name, text in names.items()]


class ShoppingListItemViewSet(OnSharedLists, ListItemViewSet):
    def links(self, data: Any) -> Links:
        rows = data if isinstance(data, list) else [data]
        wishlist_id = self.kwargs["wishlist_id"]
        items = [reverse("shopping-list-item-detail", args=[wishlist_id, row["id"]]) for row in rows]
        titles = [row["title"] for row in rows]
        return [
            (str(_("The list")), reverse("shopping-list-detail", args=[wishlist_id])),
            *zip(titles, items, strict=True),
        ]


class ShoppingListMemberViewSet(OnSharedLists, MemberViewSet):
    pass

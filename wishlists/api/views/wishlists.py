"""API views of lists: the user's own, those shared with them, and public ones whose id they know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import LISTS
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.api.entity_tags import expects, refuse_stale, tagged, with_tag
from wishlists.api.hypermedia_links import LinkedViewSet, from_list, to_lists
from wishlists.api.lookups import differing, viewer_of, visible_list
from wishlists.api.serializers.wishlists import (
    ActivitySerializer,
    CountedWishlistSerializer,
    DeleteImpactSerializer,
    NewWishlistSerializer,
    ReorderSerializer,
    WishlistChangeSerializer,
    WishlistSerializer,
)
from wishlists.models import Wishlist
from wishlists.projections.wishlists import project_counted, project_wishlist_for
from wishlists.queries.activity import project_log, readable_log
from wishlists.queries.lists import counted_lists, lists_of
from wishlists.services.lists.lists import (
    delete_impact,
    edit_wishlist,
    remove_wishlist,
    reorder_wishlists,
)
from wishlists.services.lists.recipient_people import start_wishlist_for
from wishlists.services.locking import lock_wishlist_as


class WishlistViewSet(LinkedViewSet):
    """Your lists, and lists that others share with you."""

    token_access = LISTS
    one, many = _("List"), _("Lists")
    queryset = Wishlist.objects.none()
    lookup_url_kwarg = "wishlist_id"
    lookup_value_converter = "uuid"
    kind: str | None = None
    """The kind of the lists that are found and made here. None: all kinds."""
    _inputs: dict[str, type[BaseSerializer[Any]]] = {
        "list": NewWishlistSerializer,
        "create": NewWishlistSerializer,
        "reorder": ReorderSerializer,
    }

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self._inputs.get(self.action, WishlistChangeSerializer)

    @extend_schema(responses=CountedWishlistSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List your own lists by `sort_order`, `due_date` and age, then the lists shared with you."""
        return _counted(request, self.kind)

    @extend_schema(responses={201: WishlistSerializer})
    def create(self, request: Request) -> Response:
        """Create a list."""
        kind = {"kind": self.kind} if self.kind else {}
        given = {"person_ids": [], **self._given(request), **kind}
        made = start_wishlist_for(owner=current_user(request), **given)
        return with_tag(project_wishlist_for(made), status=HTTP_201_CREATED)

    @extend_schema(responses=CountedWishlistSerializer(many=True))
    @action(detail=False, methods=["patch", "put"])
    def reorder(self, request: Request) -> Response:
        """Sort your lists. Ids of other people's lists are ignored."""
        order = {place["id"]: place["sort_order"] for place in self._given(request)["order"]}
        reorder_wishlists(owner=current_user(request), order=order)
        return _counted(request, self.kind)

    @extend_schema(responses=WishlistSerializer)
    def retrieve(self, request: Request, wishlist_id: UUID) -> Response:
        """Get one list."""
        return tagged(request, project_wishlist_for(visible_list(request, wishlist_id)))

    @extend_schema(responses=WishlistSerializer)
    def partial_update(self, request: Request, wishlist_id: UUID) -> Response:
        """Change a list. Editors can change its texts and date, only the owner can change its settings."""
        with change():
            viewpoint = self._expected(request, wishlist_id)
            fields = differing(viewpoint.wishlist, self._given(request))
            edited = edit_wishlist(wishlist=viewpoint.wishlist, by=current_user(request), **fields)
        return with_tag(project_wishlist_for(replace(viewpoint, wishlist=edited)))

    update = partial_update

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID) -> Response:
        """Delete a list. Givers keep what they reserved among their reservations."""
        with change():
            remove_wishlist(wishlist=self._expected(request, wishlist_id).wishlist, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(responses=DeleteImpactSerializer)
    @action(detail=True, url_path="delete-impact")
    def delete_impact(self, request: Request, wishlist_id: UUID) -> Response:
        """Get how many people would be affected if this list were deleted."""
        return Response(delete_impact(viewpoint=visible_list(request, wishlist_id)))

    @extend_schema(responses=ActivitySerializer(many=True))
    @action(detail=True)
    def activity(self, request: Request, wishlist_id: UUID) -> Response:
        """List the history, newest first, as far as you can see it."""
        viewpoint = visible_list(request, wishlist_id)
        rows, headers = page_of(request, readable_log(viewpoint))
        return Response(project_log(rows, viewpoint), headers=headers)

    def links(self, data: Any) -> Links:
        if self.action in ("list", "reorder"):
            return to_lists(data)
        return from_list(self.kwargs.get("wishlist_id") or data["id"])

    def _expected(self, request: Request, wishlist_id: UUID) -> Viewpoint:
        """Return the viewpoint on the list. With `If-Match`, lock the list first, and raise `ChangedMeanwhile` unless
        the tag fits.
        """
        viewpoint = visible_list(request, wishlist_id)
        if expects(request):
            viewpoint = lock_wishlist_as(viewpoint.viewer, viewpoint.wishlist)
            refuse_stale(request, project_wishlist_for(viewpoint))
        return viewpoint

    def _given(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


def _counted(request: Request, kind: str | None) -> Response:
    viewer = viewer_of(request)
    if "page" not in request.query_params:
        found = [one for one in counted_lists(viewer) if kind in (None, one.wishlist.kind)]
        return tagged(request, project_counted(found))
    lists = lists_of(current_user(request))
    rows, headers = page_of(request, lists.filter(kind=kind) if kind else lists)
    return tagged(request, project_counted(viewpoints_of(viewer, rows).values()), **headers)

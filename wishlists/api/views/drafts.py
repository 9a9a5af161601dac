"""API views of the user's own drafts, at `/wishlists/{id}/drafts`."""

from __future__ import annotations

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
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.answers import item_as_seen
from wishlists.api.hypermedia_links import LinkedViewSet, from_list, rows_of, to_details
from wishlists.api.lookups import visible_list
from wishlists.api.serializers.items import DraftSerializer, ItemInputSerializer, ItemSerializer
from wishlists.models import Item
from wishlists.models.items import ItemQuerySet
from wishlists.projections.items import project_items
from wishlists.projections.rows import Row, the_one
from wishlists.refusals import NoSuchItem
from wishlists.services.lists.drafts import add_draft, edit_draft, remove_draft, show_draft


class DraftViewSet(LinkedViewSet):
    """Your drafts. Nobody else can see them."""

    token_access = LISTS
    one, many = _("Draft"), _("Drafts")
    queryset = Item.objects.none()
    lookup_url_kwarg = "item_id"
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return ItemInputSerializer if self.action in ("list", "create") else DraftSerializer

    @extend_schema(responses=ItemSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List your drafts, oldest first."""
        viewpoint = visible_list(request, wishlist_id)
        rows, headers = page_of(request, _drafts(viewpoint).order_by("created_at", "id"))
        return Response(project_items(rows, viewpoint.wishlist, viewpoint.sight), headers=headers)

    @extend_schema(responses={201: ItemSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Create a draft."""
        viewpoint = visible_list(request, wishlist_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = add_draft(wishlist=viewpoint.wishlist, by=current_user(request), **serializer.validated_data)
        return Response(_one(viewpoint, made.pk), HTTP_201_CREATED)

    @extend_schema(responses=ItemSerializer)
    def retrieve(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Get one of your drafts."""
        return Response(_one(visible_list(request, wishlist_id), item_id))

    @extend_schema(responses=ItemSerializer)
    def partial_update(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Change the draft."""
        viewpoint = visible_list(request, wishlist_id)
        draft = _drafts(viewpoint).filter(pk=item_id).first()
        if draft is None:
            raise NoSuchItem
        serializer = self.get_serializer(draft, data=request.data)
        serializer.is_valid(raise_exception=True)
        wishlist, fields = viewpoint.wishlist, serializer.validated_data
        edit_draft(wishlist=wishlist, by=current_user(request), item_id=item_id, **fields)
        return Response(_one(viewpoint, item_id))

    update = partial_update

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Delete the draft for good."""
        wishlist = visible_list(request, wishlist_id).wishlist
        remove_draft(wishlist=wishlist, by=current_user(request), item_id=item_id)
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={201: ItemSerializer})
    @action(detail=True, methods=["post"])
    def show(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Add the draft to the end of the list, where everyone can see it."""
        viewpoint = visible_list(request, wishlist_id)
        with change():
            shown = show_draft(wishlist=viewpoint.wishlist, by=current_user(request), item_id=item_id)
            answer = item_as_seen(shown, viewpoint)
        return Response(answer, HTTP_201_CREATED)

    def links(self, data: Any) -> Links:
        links = from_list(self.kwargs["wishlist_id"])
        return [*links, *to_details(rows_of(data), "draft-detail", "id", lambda row: str(row["title"]))]


def _drafts(viewpoint: Viewpoint) -> ItemQuerySet:
    assert viewpoint.viewer.user is not None
    return Item.objects.filter(wishlist=viewpoint.wishlist).drafts_of(viewpoint.viewer.user)


def _one(viewpoint: Viewpoint, item_id: UUID) -> Row:
    rows = project_items(_drafts(viewpoint).filter(pk=item_id), viewpoint.wishlist, viewpoint.sight)
    return the_one(rows, NoSuchItem)

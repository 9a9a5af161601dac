"""API views of collections. Recipients get the same answers as if there were none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.hypermedia_links import LinkedViewSet, from_list, rows_of, to_details
from wishlists.api.lookups import visible_list
from wishlists.api.serializers.money import (
    CollectionChangeSerializer,
    CollectionInputSerializer,
    CollectionSerializer,
)
from wishlists.models import Collection, Item, Wishlist
from wishlists.projections.money import collections_of, project_collections
from wishlists.projections.rows import Row, the_one
from wishlists.refusals import NoSuchCollection
from wishlists.services.money.collecting import (
    change_collection,
    end_collection,
    hand_over_collection,
    open_collection,
)


class CollectionViewSet(LinkedViewSet):
    """Group gifts, for one item or for the whole list."""

    token_access = GIVING
    one, many = _("Group gift"), _("Group gifts")
    queryset = Collection.objects.none()
    lookup_url_kwarg = "collection_id"
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return CollectionInputSerializer if self.action in ("list", "create") else CollectionChangeSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "currency": settings.DEFAULT_CURRENCY}

    @extend_schema(responses=CollectionSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the open group gifts, as far as you can see them. Only members get names."""
        viewpoint = visible_list(request, wishlist_id)
        rows, headers = page_of(request, collections_of(viewpoint))
        return Response(project_collections(rows, viewpoint), headers=headers)

    @extend_schema(responses={201: CollectionSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Start a group gift for an item or, without `item_id`, for the list. Contributions can't exceed `target`."""
        viewpoint = visible_list(request, wishlist_id).require_giver()
        wishlist = viewpoint.wishlist
        context = {**self.get_serializer_context(), "currency": _currency(wishlist, request.data)}
        serializer = CollectionInputSerializer(data=request.data, context=context)
        serializer.is_valid(raise_exception=True)
        with change():
            made = open_collection(wishlist=wishlist, by=current_user(request), **serializer.validated_data)
            answer = self._row(viewpoint, made.pk)
        return Response(answer, HTTP_201_CREATED)

    @extend_schema(responses=CollectionSerializer)
    def retrieve(self, request: Request, wishlist_id: UUID, collection_id: UUID) -> Response:
        """Get one group gift."""
        return Response(self._row(visible_list(request, wishlist_id), collection_id))

    @extend_schema(responses=CollectionSerializer)
    def partial_update(self, request: Request, wishlist_id: UUID, collection_id: UUID) -> Response:
        """Change the target, the deadline, the note or the organiser."""
        viewpoint = visible_list(request, wishlist_id)
        collection = _find(viewpoint, collection_id)
        context = {**self.get_serializer_context(), "currency": collection.currency}
        serializer = CollectionChangeSerializer(data=request.data, context=context)
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        to_id = fields.pop("organiser_id", None)
        with change():
            change_collection(collection=collection, by=current_user(request), **fields)
            if to_id is not None:
                hand_over_collection(collection=collection, by=current_user(request), to_id=to_id)
            answer = self._row(viewpoint, collection_id)
        return Response(answer)

    update = partial_update

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID, collection_id: UUID) -> Response:
        """End the group gift. Contributions are kept."""
        collection = _find(visible_list(request, wishlist_id), collection_id)
        end_collection(collection=collection, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        links = from_list(self.kwargs["wishlist_id"])
        return [*links, *to_details(rows_of(data), "collection-detail", "id", _named)]

    @staticmethod
    def _row(viewpoint: Viewpoint, collection_id: UUID) -> Row:
        rows = project_collections(collections_of(viewpoint).filter(pk=collection_id), viewpoint)
        return the_one(rows, NoSuchCollection)


def _named(row: Row) -> str:
    return _t("Collection of %(who)s") % {"who": row["organiser_name"] or _t("a giver")}


def _find(viewpoint: Viewpoint, collection_id: UUID) -> Collection:
    """Return the collection if the viewer may know about it. For recipients there never is one."""
    found = collections_of(viewpoint).filter(pk=collection_id).first()
    if found is None:
        raise NoSuchCollection
    found.wishlist = viewpoint.wishlist
    return found


def _currency(wishlist: Wishlist, data: Any) -> str:
    """Return the currency of the item, for a target without a currency. Without an item, the site's."""
    named = data.get("item_id") if isinstance(data, dict) else None
    try:
        item_id = UUID(str(named))
    except ValueError:
        return settings.DEFAULT_CURRENCY
    found = (
        Item.objects.live().filter(wishlist=wishlist, pk=item_id).values_list("currency", flat=True).first()
    )
    return found or settings.DEFAULT_CURRENCY

"""API views of items: those of a list at `/wishlists/{id}/items`, and a single one at `/items/{itemId}`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import ITEM, Scope, require_scope
from accounts.api.views import session_of
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.answers import conflict, item_as_seen
from wishlists.api.entity_tags import (
    expects,
    has_it,
    is_page,
    not_modified,
    refuse_stale,
    tag_of_items,
    tagged,
    with_tag,
)
from wishlists.api.hypermedia_links import LinkedViewSet, from_item, to_items
from wishlists.api.lookups import differing, held_item, seen_list, visible_item, visible_list
from wishlists.api.response_cache import response_cache
from wishlists.api.serializers.items import (
    ConflictSerializer,
    GivingSerializer,
    ItemChangeSerializer,
    ItemSerializer,
    NewItemSerializer,
    ShelfSerializer,
)
from wishlists.models import Item
from wishlists.models.items import ItemQuerySet
from wishlists.projections.items import project_items, project_list
from wishlists.projections.rows import Row
from wishlists.refusals import ItemTaken
from wishlists.services.lists.items import add_item, edit_item, remove_item
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.locking import lock_wishlist_as
from wishlists.services.status import set_status

_CHANGED = {200: ItemSerializer, 409: ConflictSerializer}


def _scope_of(field: str) -> Scope:
    return Scope.GIVING if field in ("reservation_status", "reservation_message") else Scope.LISTS_WRITE


class ItemViewSet(LinkedViewSet):
    """Get one item and whether it is available."""

    token_access = ITEM
    one, many = _("Item"), _("Items")
    queryset = Item.objects.none()
    serializer_class: type[BaseSerializer[Any]] = ItemChangeSerializer
    lookup_url_kwarg = "item_id"
    lookup_value_converter = "uuid"

    @extend_schema(responses=ItemSerializer)
    def retrieve(self, request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> Response:
        """Get one item and whether it is available."""
        return tagged(request, item_as_seen(*visible_item(request, item_id, wishlist_id)))

    @extend_schema(responses=_CHANGED)
    def partial_update(self, request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> Response:
        """Edit the item (owner and editors), and reserve, buy or release it. Either everything is changed or nothing."""
        try:
            return with_tag(self._change(request, item_id, wishlist_id))
        except ItemTaken as lost:
            raise conflict(*visible_item(request, item_id, wishlist_id)) from lost

    update = partial_update

    @change()
    def _change(self, request: Request, item_id: UUID, wishlist_id: UUID | None) -> Row:
        item, viewpoint = self._expected(request, item_id, wishlist_id)
        serializer = _serializer_of(request)(item, data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        require_scope(session_of(request), *{_scope_of(field) for field in given})
        status, message = given.pop("reservation_status", None), given.pop("reservation_message", None)
        fields = differing(item, given)
        if fields or (given and status is None and message is None):
            edit_item(item=item, by=viewpoint.viewer, **fields)
        set_status(item=item, viewpoint=viewpoint, status=status, message=message)
        return item_as_seen(item, viewpoint)

    def _expected(self, request: Request, item_id: UUID, wishlist_id: UUID | None) -> tuple[Item, Viewpoint]:
        """Return the locked item and viewpoint. Raises `ChangedMeanwhile` unless `If-Match` fits."""
        item, viewpoint = held_item(request, item_id, wishlist_id)
        if expects(request):
            refuse_stale(request, item_as_seen(item, viewpoint))
        return item, viewpoint

    def links(self, data: Any) -> Links:
        return from_item(data["wishlist_id"], data["id"])

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> Response:
        """Remove an item. Givers who reserved it are told and keep it among their reservations."""
        with change():
            item, viewpoint = self._expected(request, item_id, wishlist_id)
            remove_item(item=item, by=viewpoint.viewer)
        return Response(status=HTTP_204_NO_CONTENT)


class ListItemViewSet(ItemViewSet):
    """The items of a list."""

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return NewItemSerializer if self.action in ("list", "create") else ItemChangeSerializer

    @extend_schema(parameters=[ShelfSerializer], responses=ItemSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the items by `position`, `created_at` and `id`. `archived` selects received items, or all others."""
        seen = seen_list(request, wishlist_id)
        wishlist, sight = seen.viewpoint.wishlist, seen.viewpoint.sight
        tag = tag_of_items(request, seen)
        if has_it(request, tag):
            return not_modified(tag)
        if not request.query_params and not is_page(request):
            return tagged(request, response_cache.answer(tag, lambda: project_list(wishlist, sight)), tag)
        items = Item.objects.seen_with(sight).filter(wishlist=wishlist).in_order()
        rows, headers = page_of(request, _shelf(request, items))
        return tagged(request, project_items(rows, wishlist, sight), tag, **headers)

    @extend_schema(responses={201: ItemSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Add an item, at the end of the list unless there is a `position`. With `secret`, only givers can see it."""
        viewpoint = visible_list(request, wishlist_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        add = add_secret_item if given.pop("secret", False) else add_item
        with change():
            held = lock_wishlist_as(viewpoint.viewer, viewpoint.wishlist)
            item = add(wishlist=held.wishlist, by=held.viewer, **given)
            answer = item_as_seen(item, held)
        return with_tag(answer, status=HTTP_201_CREATED)

    def links(self, data: Any) -> Links:
        return to_items(data, self.kwargs["wishlist_id"]) if self.action == "list" else super().links(data)


def _serializer_of(request: Request) -> type[BaseSerializer[Any]]:
    """Return the serializer of a change. Serializers copy all their fields for each request, and most requests only
    give.
    """
    sent = request.data
    only_gives = isinstance(sent, dict) and sent and GivingSerializer._declared_fields.keys() >= sent.keys()
    return GivingSerializer if only_gives else ItemChangeSerializer


def _shelf(request: Request, items: ItemQuerySet) -> ItemQuerySet:
    if "archived" not in request.query_params:
        return items
    query = ShelfSerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    archived = query.validated_data.get("archived")
    return items if archived is None else items.archived(archived)

"""API views of waitlists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from core.api.browsable import Links
from core.api.paging import page_of
from wishlists.api.hypermedia_links import LinkedViewSet, from_item, to_all_reservations, to_details
from wishlists.api.lookups import viewer_of, visible_item
from wishlists.api.serializers.waitlist import PlaceSerializer
from wishlists.models import WaitlistEntry
from wishlists.projections.waitlist import place_on, places_of, project_places
from wishlists.services.waitlisting import stop_waiting, wait_for_item


class ItemWaitingViewSet(LinkedViewSet):
    """Your place on the waiting list for an item."""

    token_access = GIVING
    one = many = _("Waiting list")
    queryset = WaitlistEntry.objects.none()
    serializer_class = Serializer  # no request body
    pagination_class = None

    @extend_schema(responses=PlaceSerializer)
    def retrieve(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Get your place on the waiting list, or until when the item is held for you. 404 if you are not on it."""
        return Response(place_on(*visible_item(request, item_id, wishlist_id)))

    @extend_schema(request=None, responses={201: PlaceSerializer, 200: PlaceSerializer})
    def create(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Join the waiting list. The first in line has the next free unit held for a day. Repeated: 200, the same place."""
        item, viewpoint = visible_item(request, item_id, wishlist_id)
        viewer = viewpoint.viewer
        place, is_new = wait_for_item(item=item, by=viewer)
        [row] = project_places(WaitlistEntry.objects.filter(pk=place.pk), viewer)
        return Response(row, HTTP_201_CREATED if is_new else HTTP_200_OK)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Leave the waiting list."""
        item, viewpoint = visible_item(request, item_id, wishlist_id)
        stop_waiting(item=item, by=viewpoint.viewer)
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        return from_item(self.kwargs["wishlist_id"], self.kwargs["item_id"])


class WaitingViewSet(LinkedViewSet):
    """Items you are waiting for."""

    token_access = GIVING
    many = _("My waiting list")
    queryset = WaitlistEntry.objects.none()

    @extend_schema(responses=PlaceSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List the items you are waiting for, newest first."""
        viewer = viewer_of(request)
        rows, headers = page_of(request, places_of(viewer))
        return Response(project_places(rows, viewer), headers=headers)

    def links(self, data: Any) -> Links:
        places = to_details(data, "item-waiting", "item_id", lambda row: str(row["item"]["title"]))
        return [*to_all_reservations(), *places]

"""The waiting list by link, for guests and for users with an access token."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from core.db.change import change
from sharing.api.documents import GUEST
from sharing.api.serializers import GuestPlaceSerializer, GuestSerializer
from sharing.api.views.guests import guest_sent
from sharing.api.views.public import LinkView
from sharing.projections.guests import with_manage_token
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.serializers.waitlist import PlaceSerializer
from wishlists.models import WaitlistEntry
from wishlists.models.viewers import Viewer
from wishlists.projections.waitlist import place_on
from wishlists.services.waitlisting import stop_waiting, wait_for_item


class PublicWaitingView(LinkView):
    """Your place on the waiting list for an item."""

    token_access = GIVING
    queryset = WaitlistEntry.objects.none()
    serializer_class: type[BaseSerializer[Any]] = GuestSerializer

    @extend_schema(parameters=GUEST, responses=PlaceSerializer)
    def get(self, request: Request, item_id: UUID) -> Response:
        """Get your place on the waiting list, or until when the item is held for you. 404 if you are not on it."""
        item, viewpoint = self.find_item(item_id)
        return Response(place_on(item, self._known(viewpoint)))

    @extend_schema(parameters=GUEST, responses={201: GuestPlaceSerializer, 200: GuestPlaceSerializer})
    def post(self, request: Request, item_id: UUID) -> Response:
        """Join the waiting list. The first in line has the next free unit held for a day. Without a token you are a guest."""
        item, viewpoint = self.find_item(item_id)
        given = self.read_input()
        with change():
            viewpoint = self.acting(viewpoint, given)
            _place, is_new = wait_for_item(item=item, by=viewpoint.viewer)
            answer = place_on(item, viewpoint)
        answer = with_manage_token(answer, viewpoint.viewer.guest)
        return Response(answer, HTTP_201_CREATED if is_new else HTTP_200_OK)

    @extend_schema(parameters=GUEST, responses={204: None})
    def delete(self, request: Request, item_id: UUID) -> Response:
        """Leave the waiting list."""
        item, viewpoint = self.find_item(item_id)
        stop_waiting(item=item, by=self._known(viewpoint).viewer)
        return Response(status=HTTP_204_NO_CONTENT)

    def _known(self, viewpoint: Viewpoint) -> Viewpoint:
        """Return the viewpoint of the user, or of the guest with the manage token."""
        viewpoint.require_giver()
        if self.viewer.user is not None:
            return viewpoint
        guest = guest_sent(self, viewpoint.wishlist, {})
        return viewpoint.seen_by(Viewer(guest=guest, by_link=True))

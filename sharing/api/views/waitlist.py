"""The line for what others have, by link: for guests, and for bearers as themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from core.db.change import change
from sharing.api.documents import GUEST
from sharing.api.serializers import GuestPlaceSerializer, GuestSerializer
from sharing.api.views.guests import guest_sent
from sharing.api.views.public import LinkView
from sharing.projections.guests import with_manage_token
from wishlists.api.serializers.waitlist import PlaceSerializer
from wishlists.models import Item, WaitlistEntry
from wishlists.models.viewers import Viewer
from wishlists.projections.waitlist import place_on
from wishlists.refusals import RecipientsDoNotGive
from wishlists.services.waitlisting import stop_waiting, wait_for_item


class PublicWaitingView(LinkView):
    """Your place on the waiting list for an item."""

    queryset = WaitlistEntry.objects.none()
    serializer_class: type[BaseSerializer[Any]] = GuestSerializer

    @extend_schema(parameters=GUEST, responses=PlaceSerializer)
    def get(self, request: Request, item_id: UUID) -> Response:
        """Get your place on the waiting list, or until when the item is held for you. 404 if you are not on it."""
        item = self.find_item(item_id)
        return Response(place_on(item, self._giver_known(item)))

    @extend_schema(parameters=GUEST, responses={201: GuestPlaceSerializer, 200: GuestPlaceSerializer})
    def post(self, request: Request, item_id: UUID) -> Response:
        """Join the waiting list. The first in line has the next free unit held for a day. Without a token you are a guest."""
        item = self.find_item(item_id)
        given = self.read_input()
        with change():
            giver = self.giver(item.wishlist, given)
            _place, is_new = wait_for_item(item=item, by=giver)
            answer = place_on(item, giver)
        answer = with_manage_token(answer, giver.guest)
        return Response(answer, HTTP_201_CREATED if is_new else HTTP_200_OK)

    @extend_schema(parameters=GUEST, responses={204: None})
    def delete(self, request: Request, item_id: UUID) -> Response:
        """Leave the waiting list."""
        item = self.find_item(item_id)
        stop_waiting(item=item, by=self._giver_known(item))
        return Response(status=HTTP_204_NO_CONTENT)

    def _giver_known(self, item: Item) -> Viewer:
        """The bearer, or the guest of the manage token; recipients are refused before anything is looked at."""
        if item.wishlist.i_am_recipient:
            raise RecipientsDoNotGive
        if self.viewer.user is not None:
            return self.viewer
        return Viewer(guest=guest_sent(self, item.wishlist, {}), by_link=True)

"""Questions by link. Anybody with the link may ask and read answers. Messages between givers are not available here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from core.api.paging import page_of
from core.db.change import change
from sharing.api.documents import GUEST, TOKEN
from sharing.api.serializers import GuestMessageSerializer, GuestSaidSerializer
from sharing.api.views.public import LinkView
from sharing.projections.guests import with_manage_token
from sharing.refusals import ManageTokenNeeded
from sharing.services.guests import known_guest
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.serializers.messages import MessageSerializer
from wishlists.api.views.messages import LANE, read_talk, say, with_lane
from wishlists.models import Message
from wishlists.models.viewers import Viewer
from wishlists.services.lists.messages import take_back


class PublicTalkView(LinkView):
    token_access = GIVING
    queryset = Message.objects.none()
    serializer_class: type[BaseSerializer[Any]] = GuestMessageSerializer

    @extend_schema(parameters=[*GUEST, LANE], responses=MessageSerializer(many=True))
    def get(self, request: Request, item_id: UUID) -> Response:
        """List questions and answers, oldest first, without names."""
        item, viewpoint = self.find_item(item_id)
        rows, headers = page_of(request, read_talk(request, item, self._known(viewpoint)))
        return Response(rows, headers=headers)

    @extend_schema(parameters=[*GUEST, LANE], responses={201: GuestSaidSerializer})
    def post(self, request: Request, item_id: UUID) -> Response:
        """Ask a question. Without an access token you are a guest."""
        item, viewpoint = self.find_item(item_id)
        serializer = self.get_serializer(data=with_lane(request))
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        said = {name: given[name] for name in ("lane", "text", "answer_to") if name in given}
        with change():
            viewpoint = self.acting(viewpoint, given)
            row = say(item, viewpoint, **said)
        return Response(with_manage_token(row, viewpoint.viewer.guest), HTTP_201_CREATED)

    def _known(self, viewpoint: Viewpoint) -> Viewpoint:
        """Return the viewpoint of the guest, if they sent their manage token. Then they see which questions are
        theirs."""
        if self.viewer.user is not None or not self.sent_token():
            return viewpoint
        guest = known_guest(wishlist=viewpoint.wishlist, token=self.sent_token())
        return viewpoint.seen_by(Viewer(guest=guest, by_link=True))


class PublicMessageView(LinkView):
    token_access = GIVING
    queryset = Message.objects.none()

    @extend_schema(parameters=[TOKEN, *GUEST[1:]], responses={204: None})
    def delete(self, request: Request, item_id: UUID, message_id: UUID) -> Response:
        """Delete your question."""
        item, viewpoint = self.find_item(item_id)
        giver = viewpoint.viewer
        if giver.user is None:
            if not self.sent_token():
                raise ManageTokenNeeded
            giver = Viewer(guest=known_guest(wishlist=item.wishlist, token=self.sent_token()), by_link=True)
        take_back(item, giver, message_id)
        return Response(status=HTTP_204_NO_CONTENT)

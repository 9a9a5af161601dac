"""API views of messages about an item: among givers, and questions to recipients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.hypermedia_links import LinkedViewSet, from_item
from wishlists.api.lookups import visible_item
from wishlists.api.serializers.messages import MessageInputSerializer, MessageSerializer
from wishlists.models import Item, Message
from wishlists.projections.messages import lane_of, project_messages, talk_of
from wishlists.projections.rows import Row
from wishlists.refusals import BadLane
from wishlists.services.lists.messages import add_message, answer_message, take_back

LANE = OpenApiParameter(
    "lane",
    enum=Message.Lane.values,
    description="Only messages of this lane. Without it, all that you can read.",
)


class TalkViewSet(LinkedViewSet):
    """Messages and questions about an item."""

    token_access = GIVING
    one, many = _("Message"), _("Talk")
    queryset = Message.objects.none()
    serializer_class = MessageInputSerializer
    lookup_url_kwarg = "message_id"
    lookup_value_converter = "uuid"

    @extend_schema(parameters=[LANE], responses=MessageSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """List messages, oldest first. Only givers get messages of the givers' lane."""
        item, viewpoint = visible_item(request, item_id, wishlist_id)
        rows, headers = page_of(request, read_talk(request, item, viewpoint))
        return Response(rows, headers=headers)

    @extend_schema(parameters=[LANE], responses={201: MessageSerializer})
    def create(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Post a message to givers, ask a question, or answer one (with `answer_to`)."""
        item, viewpoint = visible_item(request, item_id, wishlist_id)
        serializer = self.get_serializer(data=with_lane(request))
        serializer.is_valid(raise_exception=True)
        return Response(say(item, viewpoint, **serializer.validated_data), HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID, item_id: UUID, message_id: UUID) -> Response:
        """Delete your message."""
        item, viewpoint = visible_item(request, item_id, wishlist_id)
        take_back(item, viewpoint.viewer, message_id)
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        return from_item(self.kwargs["wishlist_id"], self.kwargs["item_id"])


def read_talk(request: Request, item: Item, viewpoint: Viewpoint) -> list[Row]:
    """Return the messages that the viewer may read, filtered by `?lane=` if given."""
    lane = request.query_params.get("lane")
    if lane is not None and lane not in Message.Lane.values:
        raise BadLane
    messages = talk_of(item, viewpoint) if lane is None else lane_of(item, lane, viewpoint)
    return project_messages(messages, viewpoint.wishlist, viewpoint.audience, viewpoint.viewer)


def with_lane(request: Request) -> Any:
    """Return the body, with the lane of `?lane=` if it has none."""
    lane = request.query_params.get("lane")
    if lane is None or not isinstance(request.data, dict) or request.data.get("lane"):
        return request.data
    return {name: request.data.get(name) for name in request.data} | {"lane": lane}


def say(item: Item, viewpoint: Viewpoint, *, text: str, lane: str = "", answer_to: UUID | None = None) -> Row:
    """Post the message with the right service, and return it as the viewer sees it."""
    by = viewpoint.viewer
    with change():
        if answer_to is not None:
            made = answer_message(item=item, by=by, question_id=answer_to, text=text)
        else:
            made = add_message(item=item, by=by, lane=lane, text=text)
        rows = Message.objects.filter(pk=made.pk)
        [row] = project_messages(rows, viewpoint.wishlist, viewpoint.audience, by)
    return row

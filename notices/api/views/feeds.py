"""REST views of the secret addresses of calendars and news feeds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import LOG_INS
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user
from notices.api.serializers import FeedLinkInputSerializer, FeedLinkSerializer, NewFeedLinkSerializer
from notices.projections.feeds import feed_link_row, new_feed_link_row
from notices.services.feed_links import make_feed_link, revoke_feed_link


class FeedLinksView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = LOG_INS
    serializer_class = FeedLinkInputSerializer

    @extend_schema(responses=FeedLinkSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the secret addresses of your calendar and news, without their secrets."""
        return Response([feed_link_row(row) for row in current_user(request).feed_links.all()])

    @extend_schema(responses={201: NewFeedLinkSerializer})
    def post(self, request: Request) -> Response:
        """Make a secret address for a calendar program or a feed reader. Keep `url` from this answer: it is shown only here."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        link, secret = make_feed_link(user=current_user(request), **serializer.validated_data)
        return Response(new_feed_link_row(link, secret), HTTP_201_CREATED)

    def without_secrets(self, data: Any) -> Any:
        """Return the answer to be stored: the secret is kept nowhere, so a repeated request cannot get it again."""
        return {**data, "url": None}


class FeedLinkView(RetriedView):
    token_access = LOG_INS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, link_id: UUID) -> Response:
        """Revoke a secret address. The next request to it gets 404."""
        revoke_feed_link(user=current_user(request), link_id=link_id)
        return Response(status=HTTP_204_NO_CONTENT)

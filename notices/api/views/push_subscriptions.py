"""REST views of the browsers that get web pushes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import ACCOUNT
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user, session_of
from accounts.models import Session
from accounts.refusals import NotSignedIn
from core.api.browsable import Links
from notices.api.serializers import (
    PushKeySerializer,
    PushSubscriptionInputSerializer,
    PushSubscriptionSerializer,
)
from notices.projections.push_subscriptions import push_key_row, push_subscription_row
from notices.services.push_subscriptions import remove_browser, subscribe_browser


class PushSubscriptionsView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = ACCOUNT
    serializer_class = PushSubscriptionInputSerializer

    @extend_schema(responses=PushSubscriptionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the browsers that get web pushes."""
        rows = current_user(request).push_subscriptions.filter(session__in=Session.objects.live())
        return Response([push_subscription_row(row) for row in rows.select_related("session")])

    @extend_schema(responses={201: PushSubscriptionSerializer})
    def post(self, request: Request) -> Response:
        """Push news to a browser, as long as this log-in lasts. Send its `PushSubscription` as JSON."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given, session = serializer.validated_data, session_of(request)
        if session is None:
            raise NotSignedIn
        keys = {name: given["keys"][name] for name in ("p256dh", "auth")}
        made = subscribe_browser(
            user=current_user(request), session=session, endpoint=given["endpoint"], **keys
        )
        return Response(push_subscription_row(made), HTTP_201_CREATED)

    def links(self, data: Any) -> Links:
        return [("key", "/api/v1/push/key")]


class PushSubscriptionView(RetriedView):
    token_access = ACCOUNT

    @extend_schema(responses={204: None})
    def delete(self, request: Request, subscription_id: UUID) -> Response:
        """Push no more news to a browser."""
        remove_browser(user=current_user(request), subscription_id=subscription_id)
        return Response(status=HTTP_204_NO_CONTENT)


class PushKeyView(ShownAnswersView):
    token_access = ACCOUNT

    @extend_schema(responses=PushKeySerializer)
    def get(self, request: Request) -> Response:
        """Get the key of this site (VAPID), with which a browser subscribes."""
        return Response(push_key_row())

"""REST view of how the user is told about each kind of news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.scopes import ACCOUNT
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user
from notices.api.serializers import ChoicesInputSerializer, NotificationChoiceSerializer
from notices.projections.choices import choices_of
from notices.services.choosing import choose_channels


class NotificationChoicesView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = ACCOUNT
    serializer_class = ChoicesInputSerializer

    @extend_schema(responses=NotificationChoiceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List how you are told about each kind of news: in the inbox, by e-mail, by web push."""
        return Response(choices_of(current_user(request)))

    @extend_schema(responses=NotificationChoiceSerializer(many=True))
    def patch(self, request: Request) -> Response:
        """Choose how you are told about some kinds of news. Mail about the security of your account is always sent."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = current_user(request)
        choose_channels(user=user, wanted=_by_kind(serializer.validated_data["kinds"]))
        return Response(choices_of(user))

    @extend_schema(responses=NotificationChoiceSerializer(many=True))
    def put(self, request: Request) -> Response:
        """Choose how you are told about some kinds of news."""
        return self.patch(request)


def _by_kind(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the channels by kind. If a kind is named twice, the last one counts."""
    return {row["kind"]: {name: value for name, value in row.items() if name != "kind"} for row in rows}

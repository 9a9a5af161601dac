"""The base of the views under `/admin`."""

from __future__ import annotations

from typing import Any

from rest_framework.generics import GenericAPIView

from accounts.access.scopes import LOG_INS
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.models import User
from moderation.api.permissions import Staff


class StaffView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    """For staff who log in. `needs` is the permission that the page of the admin asks for. No API token may do it."""

    token_access = LOG_INS
    permission_classes = (Staff,)
    queryset = User.objects.none()
    needs = ""

    def read_input(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

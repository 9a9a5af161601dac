"""REST views of personal API tokens."""

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
from accounts.api.session_serializers import (
    ApiTokenSerializer,
    NewApiTokenInputSerializer,
    NewApiTokenSerializer,
)
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user
from accounts.models import ApiToken
from accounts.projections.sessions import api_token_row, new_api_token_row
from accounts.queries.api_tokens import api_tokens_of
from accounts.services.api_tokens import make_api_token, revoke_api_token
from core.api.paging import page_of


class ApiTokensView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = LOG_INS
    queryset = ApiToken.objects.none()
    serializer_class = NewApiTokenInputSerializer

    @extend_schema(responses=ApiTokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your API tokens, the newest first, without their secrets."""
        tokens, headers = page_of(request, api_tokens_of(current_user(request)))
        return Response([api_token_row(token) for token in tokens], headers=headers)

    @extend_schema(responses={201: NewApiTokenSerializer})
    def post(self, request: Request) -> Response:
        """Create an API token for a program of yours. Keep `token` from this answer: it is shown only here.

        Send it as `Authorization: Bearer …`. It may do what its scopes allow, and never change passwords, addresses,
        sessions or tokens.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token, secret = make_api_token(user=current_user(request), **serializer.validated_data)
        return Response(new_api_token_row(token, secret), HTTP_201_CREATED)

    def without_secrets(self, data: Any) -> Any:
        """Return the answer to be stored: the secret is kept nowhere, so a repeated request cannot get it again."""
        return {**data, "token": None}


class ApiTokenView(RetriedView):
    token_access = LOG_INS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """Revoke an API token. The next request with it is refused, and its sockets close."""
        revoke_api_token(user=current_user(request), token_id=token_id)
        return Response(status=HTTP_204_NO_CONTENT)

"""REST views of where a user is logged in, and of the password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts.access.scopes import LOG_INS
from accounts.api.authentication import PageSessionAuthentication
from accounts.api.retrying import RetriedView
from accounts.api.serializers import TokensSerializer
from accounts.api.session_serializers import ChangePasswordSerializer, SessionSerializer
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user, device_of, session_of
from accounts.projections.sessions import session_row
from accounts.queries.sessions import MOST_SHOWN, log_ins_of
from accounts.services.people import change_password, check_current_password
from accounts.services.sessions import end_all_sessions, end_own_session, open_tokens
from core.api.paging import page_of


class SessionsView(ShownAnswersView, RetriedView):
    token_access = LOG_INS

    @extend_schema(responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List where you are logged in: the 200 last used, the last one first. API tokens are at `/users/me/tokens`."""
        here = session_of(request)
        paged, headers = page_of(request, log_ins_of(current_user(request)))
        rows = paged if headers else paged[:MOST_SHOWN]
        return Response([session_row(one, here) for one in rows], headers=headers)

    @extend_schema(operation_id="users_me_sessions_destroy_others", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Log out everywhere else. This session and your API tokens stay valid."""
        end_all_sessions(user=current_user(request), but=session_of(request))
        return Response(status=HTTP_204_NO_CONTENT)


class SessionView(RetriedView):
    token_access = LOG_INS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Log out one of your devices. Its next request is refused, and its sockets close."""
        end_own_session(user=current_user(request), session_id=session_id)
        return Response(status=HTTP_204_NO_CONTENT)


class ChangePasswordView(GenericAPIView[Any]):
    """Without `Idempotency-Key`: a repeated change would find another current password, and is refused."""

    token_access = LOG_INS
    serializer_class = ChangePasswordSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        """Change your password. You are logged out everywhere else, and your API tokens are revoked."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user, given = current_user(request), serializer.validated_data
        check_current_password(user=user, password=given["current_password"])
        change_password(user=user, password=given["new_password"], still_logged_in=session_of(request))
        return Response(status=HTTP_204_NO_CONTENT)


class PageTokensView(APIView):
    """For scripts of a page whose browser is logged in: the cookie and the CSRF token are the credential."""

    token_access = LOG_INS
    authentication_classes = (PageSessionAuthentication,)
    permission_classes = (AllowAny,)

    @extend_schema(request=None, responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Get tokens for a browser that is logged in by its cookie. They end when the browser logs out."""
        user = current_user(request)
        page = session_of(request)
        assert page is not None  # like every user of this view
        return Response(open_tokens(user=user, device=device_of(request), opened_from=page))

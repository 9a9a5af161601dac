"""REST views to log in, for the user's own account, and for the inbox."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts.access.devices import device_name
from accounts.access.known_devices import HEADER, Origin, origin_of, token_with
from accounts.access.scopes import ACCOUNT, ONESELF, OPEN
from accounts.api.retrying import RetriedView
from accounts.api.serializers import (
    AvatarSerializer,
    EditUserSerializer,
    LoginSerializer,
    NotificationSerializer,
    PingSerializer,
    RefreshSerializer,
    RegisterSerializer,
    TokensSerializer,
    UserSelfSerializer,
)
from accounts.models import Session, User
from accounts.projections.people import notification, notifications, user_self
from accounts.refusals import NotSignedIn
from accounts.services.avatars import remove_avatar, upload_avatar
from accounts.services.inbox import NEWEST, mark_all_read, mark_read
from accounts.services.people import check_credentials, edit_user, register_user, remove_user
from accounts.services.sessions import end_session_of, rotate_session, tokens_of
from accounts.services.signing_in.second_factors import require_second_factor
from accounts.services.signing_in.starting import Method, sign_in
from core.api.paging import page_of
from core.pictures.remaking import Square

DEVICE_TOKEN = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=(
        "What the header of the same name of an earlier answer was. On a device that sends it, guesses of strangers "
        "do not delay a log-in."
    ),
)


class OpenView(GenericAPIView[Any]):
    """Credentials are ignored here, because clients send stored ones that may have expired."""

    token_access = OPEN
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def read_input(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class RegisterView(OpenView):
    serializer_class = RegisterSerializer

    @extend_schema(responses={201: TokensSerializer})
    def post(self, request: Request) -> Response:
        """Create an account and log in to it. Send the e-mail address as `email`, `identifier` or `username`."""
        given = self.read_input(request)
        given["display_name"] = given.get("display_name") or ""
        origin = origin_of(request)
        user = register_user(**given, network=origin.network)
        session = sign_in(user=user, method=Method.REGISTRATION, device=device_of(request))
        return logged_in(session, origin, HTTP_201_CREATED)


class LoginView(OpenView):
    serializer_class = LoginSerializer

    @extend_schema(parameters=[DEVICE_TOKEN], responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Log in: exchange an e-mail address (`email`, `identifier` or `username`) and a password for tokens."""
        given = self.read_input(request)
        second_factor = given.pop("second_factor", "")
        origin = origin_of(request)
        user = check_credentials(**given, origin=origin)
        require_second_factor(user, second_factor, origin)
        session = sign_in(user=user, method=Method.PASSWORD, device=device_of(request))
        return logged_in(session, origin)


class RefreshView(OpenView):
    serializer_class = RefreshSerializer

    @extend_schema(responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for new tokens. A refresh token works once."""
        return Response(rotate_session(**self.read_input(request)))


class LogoutView(OpenView):
    serializer_class = RefreshSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        """End the session that the refresh token belongs to."""
        end_session_of(**self.read_input(request))
        return Response(status=HTTP_204_NO_CONTENT)


class PingView(APIView):
    token_access = OPEN
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=PingSerializer)
    def get(self, request: Request) -> Response:
        """Check that the API answers. `/health` reports its state."""
        return Response({"status": "ok"})


CAN_BE_EMPTY = {"avatar_url", "language", "time_zone", "currency"}


class MeView(RetriedView, GenericAPIView[Any]):
    token_access = ONESELF
    serializer_class = EditUserSerializer

    @extend_schema(responses=UserSelfSerializer)
    def get(self, request: Request) -> Response:
        """Get your account."""
        return Response(user_self(current_user(request)))

    @extend_schema(responses=UserSelfSerializer)
    def patch(self, request: Request) -> Response:
        """Change your name, picture, language, time zone or currency."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        emptied = {name: given[name] or "" for name in CAN_BE_EMPTY & given.keys()}
        return Response(user_self(edit_user(user=current_user(request), **given | emptied)))

    @extend_schema(responses=UserSelfSerializer)
    def put(self, request: Request) -> Response:
        """Change your name, picture, language, time zone or currency."""
        return self.patch(request)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Delete your account: your lists are deleted, your reservations cancelled, and your address can be used again."""
        remove_user(user=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)


class AvatarView(RetriedView, GenericAPIView[Any]):
    """A repeated upload sets the same picture again, so `Idempotency-Key` is ignored: decoding would hold its lock."""

    done_once = False

    token_access = ACCOUNT
    serializer_class = AvatarSerializer

    @extend_schema(request={"multipart/form-data": AvatarSerializer}, responses=UserSelfSerializer)
    def post(self, request: Request) -> Response:
        """Upload your picture. It is made anew as a square of 512 pixels, without the metadata of the file."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        upload = given.pop("file")
        user = upload_avatar(user=current_user(request), upload=upload, square=Square(**given))
        return Response(user_self(user))

    @extend_schema(request=None, responses=UserSelfSerializer)
    def delete(self, request: Request) -> Response:
        """Remove your picture."""
        return Response(user_self(remove_avatar(user=current_user(request))))


class NotificationsView(APIView):
    token_access = ACCOUNT

    @extend_schema(responses=NotificationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your 200 newest notifications, newest first."""
        paged, headers = page_of(request, current_user(request).notifications.all())
        return Response(notifications(paged if headers else paged[:NEWEST]), headers=headers)


class NotificationReadView(RetriedView):
    token_access = ACCOUNT

    @extend_schema(request=None, responses=NotificationSerializer)
    def patch(self, request: Request, notification_id: UUID) -> Response:
        """Mark a notification as read."""
        return Response(notification(mark_read(user=current_user(request), notification_id=notification_id)))

    @extend_schema(request=None, responses=NotificationSerializer)
    def put(self, request: Request, notification_id: UUID) -> Response:
        """Mark a notification as read."""
        return self.patch(request, notification_id)


class NotificationsReadAllView(RetriedView):
    token_access = ACCOUNT

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Mark all notifications as read."""
        mark_all_read(user=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)


def logged_in(session: Session, origin: Origin, status: int = HTTP_200_OK) -> Response:
    """Answer a log-in: with tokens, and in a header with what the device sends back when it logs in again."""
    return Response(tokens_of(session), status, headers={HEADER: token_with(session.user, origin.token)})


def device_of(request: Request) -> str:
    """Return the readable name of the client's device."""
    return device_name(request.headers.get("User-Agent", ""))


def current_user(request: Request) -> User:
    """Return the user of a request, in views whose permissions require an account."""
    if not isinstance(request.user, User):
        raise NotSignedIn
    return request.user


def session_of(request: Request) -> Session | None:
    """Return the session of a request: of a log-in, or of an API token. None for anonymous requests."""
    return request.auth if isinstance(request.auth, Session) else None

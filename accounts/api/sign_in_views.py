"""REST views of signing in with mailed codes: verify the address, log in, set a new password, change the address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts.access.known_devices import origin_of
from accounts.access.providers import LOG_IN, begin
from accounts.access.scopes import LOG_INS, OPEN
from accounts.api.retrying import RetriedView
from accounts.api.serializers import TokensSerializer, UserSelfSerializer
from accounts.api.sign_in_serializers import (
    AddressCodeSerializer,
    AddressOnlySerializer,
    LogInByCodeSerializer,
    MailedCodeSerializer,
    NewAddressSerializer,
    ResetPasswordSerializer,
    SentSerializer,
)
from accounts.api.views import DEVICE_TOKEN, OpenView, current_user, device_of, logged_in
from accounts.projections.people import user_self
from accounts.services.signing_in.address_changes import ask_for_new_address, change_address
from accounts.services.signing_in.own_password import require_own_password
from accounts.services.signing_in.password_resets import ask_for_reset, reset_password
from accounts.services.signing_in.starting import Method, ask_for_log_in_code, check_log_in_code, sign_in
from accounts.services.signing_in.verifying import ask_for_verification, verify_address

SENT = {"status": "sent"}
"""The answer to everybody who asks for a code, whether or not there is an account."""


def network_of(request: Request) -> str:
    return origin_of(request).network


class VerifyEmailView(OpenView):
    serializer_class = AddressCodeSerializer

    @extend_schema(responses=UserSelfSerializer)
    def post(self, request: Request) -> Response:
        """Verify the address of an account with the code from the mail."""
        user = verify_address(**self.read_input(request), network=network_of(request))
        return Response(user_self(user))


class ResendCodeView(OpenView):
    serializer_class = AddressOnlySerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Request) -> Response:
        """Mail a new code to verify an address. The answer is the same for unknown addresses."""
        ask_for_verification(**self.read_input(request), network=network_of(request))
        return Response(SENT, HTTP_202_ACCEPTED)


class LogInCodeView(OpenView):
    serializer_class = AddressOnlySerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Request) -> Response:
        """Mail a code to log in with. The answer is the same for unknown addresses."""
        ask_for_log_in_code(**self.read_input(request), network=network_of(request))
        return Response(SENT, HTTP_202_ACCEPTED)


class LogInByCodeView(OpenView):
    serializer_class = LogInByCodeSerializer

    @extend_schema(parameters=[DEVICE_TOKEN], responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Log in with a mailed code instead of a password."""
        given, origin = {"second_factor": ""} | self.read_input(request), origin_of(request)
        user = check_log_in_code(**given, origin=origin)
        session = sign_in(user=user, method=Method.CODE, device=device_of(request))
        return logged_in(session, origin)


class ResetPasswordView(OpenView):
    serializer_class = AddressOnlySerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Request) -> Response:
        """Mail a code to set a new password. The answer is the same for unknown addresses."""
        ask_for_reset(**self.read_input(request), network=network_of(request))
        return Response(SENT, HTTP_202_ACCEPTED)


class ResetPasswordConfirmView(OpenView):
    serializer_class = ResetPasswordSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        """Set a new password with the code from the mail. This logs out everywhere."""
        given = self.read_input(request)
        reset_password(password=given.pop("new_password"), network=network_of(request), **given)
        return Response(status=HTTP_204_NO_CONTENT)


class ProviderView(APIView):
    """Begins to log in with a provider, for browsers."""

    token_access = OPEN
    authentication_classes = ()
    permission_classes = (AllowAny,)
    provider_id = ""

    @extend_schema(
        parameters=[OpenApiParameter("next", str, description="A page of this site.")], responses={302: None}
    )
    def get(self, request: Request, provider_id: str = "") -> HttpResponse:
        """Redirect to the provider. It sends the browser back to this site, which logs in."""
        wanted = request.query_params.get("next", "")
        to = wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else ""
        return begin(request._request, provider_id or self.provider_id, LOG_IN, to)


class NewAddressView(RetriedView, GenericAPIView[Any]):
    done_once = False  # a wrong password must stay counted
    token_access = LOG_INS
    serializer_class = NewAddressSerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Request) -> Response:
        """Mail a code to a new address of yours. The account keeps its address until you send the code."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given, user = serializer.validated_data, current_user(request)
        require_own_password(user=user, password=given.get("current_password", ""))
        ask_for_new_address(user=user, email=given["new_email"])
        return Response(SENT, HTTP_202_ACCEPTED)


class NewAddressConfirmView(RetriedView, GenericAPIView[Any]):
    done_once = False  # a wrong code must stay counted
    token_access = LOG_INS
    serializer_class = MailedCodeSerializer

    @extend_schema(responses=UserSelfSerializer)
    def post(self, request: Request) -> Response:
        """Change your address to the one that got the code. The old address is told."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = change_address(user=current_user(request), code=serializer.validated_data["code"])
        return Response(user_self(user))

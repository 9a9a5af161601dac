"""REST views of second factors and passkeys. They call the same services as the pages (web/views/second_factors.py)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts.access.known_devices import origin_of
from accounts.access.scopes import LOG_INS, OPEN
from accounts.api.factor_serializers import (
    AddAppSerializer,
    AddPasskeySerializer,
    ChallengeSerializer,
    FactorsSerializer,
    LogInByPasskeySerializer,
    NewAppSerializer,
    OwnPasswordSerializer,
    PasskeySerializer,
    RecoveryCodesSerializer,
    RenamePasskeySerializer,
)
from accounts.api.retrying import RetriedView
from accounts.api.serializers import TokensSerializer
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import DEVICE_TOKEN, OpenView, current_user, device_of, logged_in
from accounts.models import User
from accounts.projections.factors import factors_row, passkey_row
from accounts.services.signing_in.app_setups import read_setup, start_setup
from accounts.services.signing_in.own_password import require_own_password
from accounts.services.signing_in.passkeys import (
    answer_of_new_passkey,
    answer_of_passkey,
    challenge_for_new_passkey,
    challenge_for_passkey,
)
from accounts.services.signing_in.second_factors import (
    add_app,
    add_passkey,
    factors_of,
    recovery_codes_of,
    remove_app,
    remove_passkey,
    rename_passkey,
    renew_recovery_codes,
)
from accounts.services.signing_in.starting import Method, sign_in
from core.api.unknown_fields import KnownFieldsSerializer
from core.errors.refusals import NotFound


class OwnFactorView(RetriedView, GenericAPIView[Any]):
    """Reads the input, and checks `current_password` where the serializer has it."""

    done_once = False  # a wrong password must stay counted
    token_access = LOG_INS
    serializer_class: type[KnownFieldsSerializer] = OwnPasswordSerializer

    def read_input(
        self, request: Request, by: type[KnownFieldsSerializer] | None = None
    ) -> tuple[User, dict[str, Any]]:
        serializer = (by or self.get_serializer_class())(data=request.data)
        serializer.is_valid(raise_exception=True)
        user, given = current_user(request), dict(serializer.validated_data)
        if isinstance(serializer, OwnPasswordSerializer):
            require_own_password(user=user, password=given.pop("current_password", ""))
        return user, given


class FactorsView(ShownAnswersView):
    token_access = LOG_INS

    @extend_schema(responses=FactorsSerializer)
    def get(self, request: Request) -> Response:
        """Get your second factors: whether you have an authenticator app, your passkeys, and how many recovery codes are left."""
        found = factors_of(current_user(request))
        return Response(
            factors_row(has_app=found.has_app, passkeys=found.passkeys, codes_left=found.codes_left)
        )


class AppView(OwnFactorView):
    @extend_schema(request=None, responses=NewAppSerializer)
    def post(self, request: Request) -> Response:
        """Begin to set up an authenticator app: get a secret for it. Nothing is changed until you confirm."""
        return Response(start_setup(current_user(request)))

    @extend_schema(request=OwnPasswordSerializer, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Remove your authenticator app. Without another second factor, your recovery codes stop working."""
        user, _ = self.read_input(request)
        remove_app(user=user)
        return Response(status=HTTP_204_NO_CONTENT)


class AppConfirmView(OwnFactorView):
    serializer_class = AddAppSerializer

    @extend_schema(responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Set up the authenticator app, which shows a right code now. The answer has your recovery codes: show them once."""
        user, given = self.read_input(request)
        add_app(user=user, secret=read_setup(user, given["setup"]), code=given["code"])
        return Response({"recovery_codes": recovery_codes_of(user)})


class RecoveryCodesView(OwnFactorView):
    @extend_schema(responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Get new recovery codes. The old ones stop working."""
        user, _ = self.read_input(request)
        return Response({"recovery_codes": renew_recovery_codes(user=user)})


class PasskeyOptionsView(OwnFactorView):
    @extend_schema(request=None, responses=ChallengeSerializer)
    def post(self, request: Request) -> Response:
        """Get the options for `navigator.credentials.create`."""
        challenge, options = challenge_for_new_passkey(current_user(request))
        return Response({"challenge": challenge, "options": options})


class PasskeysView(OwnFactorView):
    serializer_class = AddPasskeySerializer

    @extend_schema(responses={201: PasskeySerializer})
    def post(self, request: Request) -> Response:
        """Add a passkey. If it is your first second factor, you also have recovery codes now: get new ones to see them."""
        user, given = self.read_input(request)
        credential = answer_of_new_passkey(user, given["challenge"], given["credential"])
        return Response(
            passkey_row(add_passkey(user=user, name=given["name"], credential=credential)), HTTP_201_CREATED
        )


class PasskeyView(OwnFactorView):
    serializer_class = RenamePasskeySerializer

    @extend_schema(request=RenamePasskeySerializer, responses={204: None})
    def patch(self, request: Request, passkey_id: str) -> Response:
        """Rename a passkey."""
        user, given = self.read_input(request)
        rename_passkey(user=user, pk=_number(passkey_id), name=given["name"])
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=RenamePasskeySerializer, responses={204: None})
    def put(self, request: Request, passkey_id: str) -> Response:
        """Rename a passkey."""
        return self.patch(request, passkey_id)

    @extend_schema(request=OwnPasswordSerializer, responses={204: None})
    def delete(self, request: Request, passkey_id: str) -> Response:
        """Remove a passkey. You can't log in with it any more."""
        user, _ = self.read_input(request, OwnPasswordSerializer)
        remove_passkey(user=user, pk=_number(passkey_id))
        return Response(status=HTTP_204_NO_CONTENT)


class LogInPasskeyOptionsView(APIView):
    token_access = OPEN
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=None, responses=ChallengeSerializer)
    def post(self, request: Request) -> Response:
        """Get the options for `navigator.credentials.get`. The answer is the same for everybody."""
        challenge, options = challenge_for_passkey(origin_of(request).network)
        return Response({"challenge": challenge, "options": options})


class LogInByPasskeyView(OpenView):
    serializer_class = LogInByPasskeySerializer

    @extend_schema(parameters=[DEVICE_TOKEN], responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Log in with a passkey instead of a password. It is also the second factor."""
        given = self.read_input(request)
        user = answer_of_passkey(given["challenge"], given["credential"])
        session = sign_in(user=user, method=Method.PASSKEY, device=device_of(request))
        return logged_in(session, origin_of(request))


def _number(passkey_id: str) -> int:
    """Return the key of the row. Clients get it as a text, like other ids."""
    if not (passkey_id.isascii() and passkey_id.isdigit() and len(passkey_id) < 19):
        raise NotFound
    return int(passkey_id)

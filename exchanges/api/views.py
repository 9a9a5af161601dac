"""API views of exchanges."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts.access.scopes import GIVING
from accounts.api.linked_views import LinkedViewSet
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user
from accounts.models import User
from core.api.browsable import Links
from core.api.paging import page_of
from core.http.client_address import client_address, client_network
from core.projections.fields import Reader
from exchanges.access.tokens import private_token
from exchanges.api.serializers import (
    DrawnRecipientSerializer,
    ExchangeChangeSerializer,
    ExchangeInputSerializer,
    ExchangeSerializer,
    ExclusionInputSerializer,
    ExclusionSerializer,
    InvitationToExchangeSerializer,
    JoinSerializer,
    NewExchangeSerializer,
    NewParticipantSerializer,
    OneselfSerializer,
    ParticipantInputSerializer,
    ParticipantSerializer,
    PrivateLinkSerializer,
)
from exchanges.models import Exchange, Exclusion, Participant
from exchanges.projections import (
    PRIVATE_LINK,
    Eyes,
    project_exclusion,
    project_invitation,
    project_new_participant,
    project_participant,
)
from exchanges.queries import (
    exchange_of,
    exchange_to_join,
    exchanges_of,
    organised_by,
    participant_in,
    participant_with,
    place_of,
    project_exchange,
)
from exchanges.refusals import LinkIsPrivate, NoSuchExchange, NoSuchParticipant
from exchanges.services.drawing import draw_exchange
from exchanges.services.exchanges import (
    allow_pair,
    edit_exchange,
    exclude_pair,
    remove_exchange,
    renew_join_link,
    start_exchange,
)
from exchanges.services.participants import (
    add_participants,
    describe_oneself,
    handed_over_by_organiser,
    join_exchange,
    leave_exchange,
    renew_private_link,
)
from exchanges.services.showing import drawn_by_link, drawn_for_account, needs_code, project_drawn

TOKEN = OpenApiParameter("X-Manage-Token", OpenApiTypes.STR, OpenApiParameter.HEADER)


class ExchangeViewSet(LinkedViewSet):
    """Exchanges of gifts (Secret Santa) that you organise or take part in. Nobody sees to whom others give."""

    token_access = GIVING
    one, many = _("Exchange"), _("Exchanges")
    queryset = Exchange.objects.none()
    lookup_url_kwarg = "exchange_id"
    lookup_value_converter = "uuid"
    _inputs: dict[str, type[BaseSerializer[Any]]] = {
        "partial_update": ExchangeChangeSerializer,
        "update": ExchangeInputSerializer,
        "me": OneselfSerializer,
    }

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self._inputs.get(self.action, NewExchangeSerializer)

    @extend_schema(responses=ExchangeSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List your exchanges."""
        user = current_user(request)
        rows, headers = page_of(request, exchanges_of(user))
        return Response([project_exchange(one, user) for one in rows], headers=headers)

    @extend_schema(responses={201: ExchangeSerializer})
    def create(self, request: Request) -> Response:
        """Start an exchange. Everybody with an e-mail address is mailed a private link."""
        user = current_user(request)
        made = start_exchange(by=user, **self._given(request))
        return Response(project_exchange(made, user), HTTP_201_CREATED)

    @extend_schema(responses=ExchangeSerializer)
    def retrieve(self, request: Request, exchange_id: UUID) -> Response:
        """Get one exchange."""
        return self._shown(request, exchange_id)

    @extend_schema(responses=ExchangeSerializer)
    def update(self, request: Request, exchange_id: UUID) -> Response:
        """Replace title, day, budget, note and the previous exchange (organiser only)."""
        emptied = {"day": None, "budget_minor": None, "note": "", "previous_id": None}
        edit_exchange(exchange_id=exchange_id, by=current_user(request), **(emptied | self._given(request)))
        return self._shown(request, exchange_id)

    @extend_schema(responses=ExchangeSerializer)
    def partial_update(self, request: Request, exchange_id: UUID) -> Response:
        """Change an exchange (organiser only)."""
        edit_exchange(exchange_id=exchange_id, by=current_user(request), **self._given(request))
        return self._shown(request, exchange_id)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, exchange_id: UUID) -> Response:
        """Delete an exchange, and who gives to whom (organiser only)."""
        remove_exchange(exchange_id=exchange_id, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=ExchangeSerializer)
    @action(detail=True, methods=["post"])
    def draw(self, request: Request, exchange_id: UUID) -> Response:
        """Draw who gives to whom (organiser only). After changes, as many pairs as possible stay."""
        draw_exchange(exchange_id=exchange_id, by=current_user(request))
        return self._shown(request, exchange_id)

    @extend_schema(request=None, responses=ExchangeSerializer)
    @action(detail=True, methods=["post"], url_path="join-link")
    def join_link(self, request: Request, exchange_id: UUID) -> Response:
        """Replace the link to join (organiser only)."""
        renew_join_link(exchange_id=exchange_id, by=current_user(request))
        return self._shown(request, exchange_id)

    @extend_schema(methods=["PATCH", "PUT"], request=OneselfSerializer, responses=NewParticipantSerializer)
    @extend_schema(methods=["DELETE"], responses={204: None})
    @action(detail=True, methods=["patch", "put", "delete"])
    def me(self, request: Request, exchange_id: UUID) -> Response:
        """Say what you wish, and which of your lists your giver sees; or leave."""
        user = current_user(request)
        place = place_of(user, exchange_of(user, exchange_id))
        if place is None:
            raise NoSuchParticipant
        if request.method == "DELETE":
            leave_exchange(participant=place, by=user)
            return Response(status=HTTP_204_NO_CONTENT)
        described = describe_oneself(participant=place, by=user, **self._given(request))
        return Response(project_new_participant(described, None))

    def links(self, data: Any) -> Links:
        if isinstance(data, list):
            return [(row["title"], reverse("exchange-detail", args=[row["id"]])) for row in data]
        pk = self.kwargs.get("exchange_id") or data["id"]
        names = {
            "exchange-detail": gettext("The exchange"),
            "exchange-mine": gettext("To whom I give"),
            "exchange-participant-list": gettext("Participants"),
            "exchange-exclusion-list": gettext("Exclusions (organiser only)"),
        }
        return [(text, reverse(name, args=[pk])) for name, text in names.items()]

    def _given(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _shown(self, request: Request, exchange_id: UUID) -> Response:
        user = current_user(request)
        return Response(project_exchange(exchange_of(user, exchange_id), user))


class ExchangeParticipantViewSet(LinkedViewSet):
    """Who takes part in an exchange."""

    token_access = GIVING
    one, many = _("Participant"), _("Participants")
    queryset = Participant.objects.none()
    serializer_class = ParticipantInputSerializer
    lookup_url_kwarg = "participant_id"
    lookup_value_converter = "uuid"

    @extend_schema(responses=ParticipantSerializer(many=True))
    def list(self, request: Request, exchange_id: UUID) -> Response:
        """List the participants in the order in which they joined."""
        user = current_user(request)
        return Response(project_exchange(exchange_of(user, exchange_id), user)["participants"])

    @extend_schema(responses={201: ParticipantSerializer})
    def create(self, request: Request, exchange_id: UUID) -> Response:
        """Add somebody (organiser only)."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = current_user(request)
        exchange = organised_by(user, exchange_id)
        [made] = add_participants(exchange=exchange, by=user, people=[serializer.validated_data])
        return Response(project_participant(made, Eyes.ORGANISER), HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, exchange_id: UUID, participant_id: UUID) -> Response:
        """Remove somebody (organiser only). Then draw again."""
        user = current_user(request)
        exchange = organised_by(user, exchange_id)
        leave_exchange(participant=participant_in(exchange, participant_id), by=user)
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(methods=["GET"], request=None, responses=PrivateLinkSerializer)
    @extend_schema(methods=["POST"], request=None, responses=PrivateLinkSerializer)
    @action(detail=True, methods=["get", "post"])
    def link(self, request: Request, exchange_id: UUID, participant_id: UUID) -> Response:
        """Get the private link of somebody to whom you hand it, or with POST a new one (organiser only).

        Whoever opens it first can choose a code, and without a code it shows the draw only once.
        """
        user = current_user(request)
        exchange = organised_by(user, exchange_id)
        place = handed_over_by_organiser(participant_in(exchange, participant_id))
        if request.method == "POST":
            place = renew_private_link(exchange=exchange, by=user, participant_id=participant_id)
        token = private_token(place)
        url = request.build_absolute_uri(reverse("exchange-private", args=[token]))
        return Response(PRIVATE_LINK.project(None, Reader.READER, token=token, url=url))

    def without_secrets(self, data: Any) -> Any:
        """Return the answer to be stored, without a token."""
        return {**data, "token": None, "url": None} if isinstance(data, dict) and "token" in data else data

    def links(self, data: Any) -> Links:
        exchange_id = self.kwargs["exchange_id"]
        rows = data if isinstance(data, list) else []
        links = [
            (row["name"], reverse("exchange-participant-link", args=[exchange_id, row["id"]]))
            for row in rows
            if row["user_id"] is None and not row["email"]
        ]
        return [*links, (gettext("The exchange"), reverse("exchange-detail", args=[exchange_id]))]


class ExchangeExclusionViewSet(LinkedViewSet):
    """Who may not give to whom. For the organiser only."""

    token_access = GIVING
    one, many = _("Exclusion"), _("Exclusions")
    queryset = Exclusion.objects.none()
    serializer_class = ExclusionInputSerializer
    lookup_url_kwarg = "exclusion_id"
    lookup_value_converter = "uuid"

    @extend_schema(responses=ExclusionSerializer(many=True))
    def list(self, request: Request, exchange_id: UUID) -> Response:
        """List the exclusions."""
        rows = organised_by(current_user(request), exchange_id).exclusions.order_by("created_at", "pk")
        return Response([project_exclusion(row) for row in rows])

    @extend_schema(responses={201: ExclusionSerializer})
    def create(self, request: Request, exchange_id: UUID) -> Response:
        """Exclude a pair, or both directions of it."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        is_mutual = given.pop("mutual")
        made = exclude_pair(exchange_id=exchange_id, by=current_user(request), is_mutual=is_mutual, **given)
        return Response(project_exclusion(made), HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, exchange_id: UUID, exclusion_id: UUID) -> Response:
        """Remove an exclusion."""
        allow_pair(exchange_id=exchange_id, by=current_user(request), exclusion_id=exclusion_id)
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        return [(gettext("The exchange"), reverse("exchange-detail", args=[self.kwargs["exchange_id"]]))]


class JoinExchangeViewSet(LinkedViewSet):
    """Join an exchange by its link."""

    token_access = GIVING
    permission_classes = (AllowAny,)
    open_to_all = True
    many = _("Join an exchange")
    queryset = Participant.objects.none()
    serializer_class = JoinSerializer

    def retry_scope(self, request: Request) -> str:
        """Return the scope of the keys: the account, or the link by which somebody without one comes."""
        token = request.data.get("token") if isinstance(request.data, dict) else ""
        return super().retry_scope(request) if request.user.is_authenticated else f"link {token}"

    @extend_schema(responses={201: NewParticipantSerializer})
    def create(self, request: Request, exchange_id: UUID) -> Response:
        """Join with your account, or without one by giving a name. Then keep `manage_token`, your private link's token."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = {"name": "", **serializer.validated_data}
        given["name"] = given["name"] or ""
        exchange = exchange_to_join(given.pop("token"))
        if exchange.pk != exchange_id:
            raise NoSuchExchange
        user = request.user if isinstance(request.user, User) else None
        if user is not None and user.tenant_id != exchange.tenant_id:
            raise NoSuchExchange
        visitor = client_network(client_address(request))
        made = join_exchange(exchange=exchange, user=user, visitor=visitor, **given)
        return Response(
            project_new_participant(made, None if user else private_token(made)), HTTP_201_CREATED
        )

    def without_secrets(self, data: Any) -> Any:
        return {**data, "manage_token": None}

    def with_secrets(self, data: Any) -> Any:
        """Return the answer with the token again, which follows from the id."""
        if data["user_id"] is not None:
            return data
        return {**data, "manage_token": private_token(Participant.objects.get(pk=data["id"]))}


class MineView(ShownAnswersView, APIView):
    token_access = GIVING
    permission_classes = (AllowAny,)
    open_to_all = True

    @extend_schema(parameters=[TOKEN], responses=DrawnRecipientSerializer)
    def get(self, request: Request, exchange_id: UUID) -> Response:
        """Get to whom you give: with your account, or with the `manage_token` that you got when you joined.

        Private links that the organiser handed over are opened on their page, because they show it only once.
        """
        token = request.headers.get("X-Manage-Token", "")
        if isinstance(request.user, User) and not token:
            user = request.user
            drawn = drawn_for_account(exchange=exchange_of(user, exchange_id), user=user)
        else:
            place = participant_with(token)
            if place.exchange_id != exchange_id:
                raise NoSuchExchange
            if needs_code(place):
                raise LinkIsPrivate(_("Open this private link in a browser."))
            drawn = drawn_by_link(participant=place, code=request.headers.get("X-Link-Code", ""))
        return Response(project_drawn(drawn, request.build_absolute_uri))

    def links(self, data: Any) -> Links:
        return [(gettext("The exchange"), reverse("exchange-detail", args=[self.kwargs["exchange_id"]]))]


class ExchangeToJoinView(ShownAnswersView, APIView):
    token_access = GIVING
    permission_classes = (AllowAny,)
    open_to_all = True

    @extend_schema(
        parameters=[OpenApiParameter("token", OpenApiTypes.STR, required=True)],
        responses=InvitationToExchangeSerializer,
    )
    def get(self, request: Request) -> Response:
        """Get what an exchange is about, by the token of its link to join."""
        return Response(project_invitation(exchange_to_join(request.query_params.get("token", ""))))

"""What a guest does with their manage token: change reservations and their name, confirm their address, get their
link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from accounts.refusals import NotSignedIn
from core.db.change import change
from core.projections.fields import Reader
from sharing.access.client_digest import client_digest
from sharing.api.documents import GUEST, TOKEN
from sharing.api.serializers import (
    CodeSerializer,
    GuestAnswerSerializer,
    GuestNameSerializer,
    GuestReservationSerializer,
    LetterSerializer,
    NewGuestAnswerSerializer,
    NewGuestSerializer,
    TakenOverSerializer,
    TakeOverSerializer,
)
from sharing.api.views.public import LinkView
from sharing.projections.guests import TAKEN_OVER, project_bearer, project_guest, with_manage_token
from sharing.queries.guest_gifts import find_guests_reservation
from sharing.refusals import ManageTokenNeeded
from sharing.services.confirming import confirm_guest
from sharing.services.guest_mail import send_code, send_link
from sharing.services.guests import enter_guest, known_guest
from sharing.services.renaming import rename_guest
from sharing.services.taking_over import take_over
from wishlists.api.answers import explaining_conflicts
from wishlists.api.serializers.items import ConflictSerializer
from wishlists.api.serializers.reservations import ReservationSerializer
from wishlists.models import Guest, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.reservations import own_reservation
from wishlists.services.reserving import change_reservation, release_reservation


class PublicReservationView(LinkView):
    token_access = GIVING
    queryset = Reservation.objects.none()
    serializer_class = GuestReservationSerializer

    @extend_schema(parameters=GUEST, responses=ReservationSerializer)
    def get(self, request: Request, reservation_id: UUID) -> Response:
        """Get one of your reservations."""
        giver, wishlist = self._giver_known({})
        return Response(
            own_reservation(giver, find_guests_reservation(giver, wishlist.pk, reservation_id)[0].pk)
        )

    @extend_schema(parameters=GUEST, responses={200: ReservationSerializer, 409: ConflictSerializer})
    def patch(self, request: Request, reservation_id: UUID) -> Response:
        """Change the number of units, the stage or the message."""
        given = self.read_input()
        giver, wishlist = self._giver_known(given)
        given.pop("manage_token", None)
        reservation, viewpoint = find_guests_reservation(giver, wishlist.pk, reservation_id)
        with explaining_conflicts(reservation.item, viewpoint), change():
            change_reservation(reservation=reservation, by=giver, **given)
            answer = own_reservation(giver, reservation_id)
        return Response(answer)

    @extend_schema(parameters=GUEST, responses={200: ReservationSerializer, 409: ConflictSerializer})
    def put(self, request: Request, reservation_id: UUID) -> Response:
        """Change the number of units, the stage or the message."""
        return self.patch(request, reservation_id)

    @extend_schema(parameters=GUEST, responses={204: None})
    def delete(self, request: Request, reservation_id: UUID) -> Response:
        """Cancel the reservation."""
        giver, wishlist = self._giver_known({})
        reservation, _viewpoint = find_guests_reservation(giver, wishlist.pk, reservation_id)
        release_reservation(reservation=reservation, by=giver)
        return Response(status=HTTP_204_NO_CONTENT)

    def _giver_known(self, given: dict[str, Any]) -> tuple[Viewer, Wishlist]:
        _link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        if self.viewer.user is not None:
            return self.viewer, wishlist
        return Viewer(guest=guest_sent(self, wishlist, given), by_link=True), wishlist


class PublicGuestsView(LinkView):
    token_access = GIVING
    queryset = Guest.objects.none()
    serializer_class = NewGuestSerializer

    @extend_schema(parameters=[TOKEN], responses={201: NewGuestAnswerSerializer, 200: GuestAnswerSerializer})
    def post(self, request: Request) -> Response:
        """Give your name, on lists that ask for it before they show what is taken. Not needed with an access token."""
        given = self.read_input()
        _link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        if self.viewer.user is not None:
            return Response(project_bearer(self.viewer.user))
        guest = enter_guest(
            wishlist=wishlist,
            name=given["guest_name"],
            email=given.get("guest_email", ""),
            visitor=client_digest(request, wishlist),
        )
        return Response(with_manage_token(project_guest(guest), guest), HTTP_201_CREATED)


class GuestView(LinkView):
    """For guests with a manage token, not for users with an access token."""

    token_access = GIVING
    serializer_class: type[BaseSerializer[Any]] = LetterSerializer

    def guest(self, given: dict[str, Any]) -> Guest:
        _link, viewpoint = self.enter()
        return guest_sent(self, viewpoint.wishlist, given)


class GuestCodeView(GuestView):
    @extend_schema(parameters=GUEST, responses={204: None})
    def post(self, request: Request) -> Response:
        """E-mail a new code to this guest."""
        given = self.read_input()
        send_code(guest=self.guest(given), email=given.get("guest_email", ""))
        return Response(status=HTTP_204_NO_CONTENT)


class GuestLinkView(GuestView):
    @extend_schema(parameters=GUEST, responses={204: None})
    def post(self, request: Request) -> Response:
        """E-mail this guest their private link."""
        send_link(guest=self.guest(self.read_input()))
        return Response(status=HTTP_204_NO_CONTENT)


class GuestNameView(GuestView):
    serializer_class = GuestNameSerializer

    @extend_schema(parameters=GUEST, responses=GuestAnswerSerializer)
    def patch(self, request: Request) -> Response:
        """Change this guest's name."""
        given = self.read_input()
        guest = rename_guest(guest=self.guest(given), name=given["guest_name"])
        return Response(project_guest(guest))

    @extend_schema(parameters=GUEST, responses=GuestAnswerSerializer)
    def put(self, request: Request) -> Response:
        """Change this guest's name."""
        return self.patch(request)


class GuestTakeOverView(GuestView):
    serializer_class = TakeOverSerializer

    @extend_schema(parameters=GUEST, responses=TakenOverSerializer)
    def post(self, request: Request) -> Response:
        """Move this guest's reservations and contributions to the user's account. A repeated request moves nothing."""
        if self.viewer.user is None:
            raise NotSignedIn
        given = self.read_input()
        taken = take_over(guest=self.guest(given), by=self.viewer.user)
        return Response(TAKEN_OVER.project(taken, Reader.READER))


class GuestConfirmView(GuestView):
    serializer_class = CodeSerializer
    done_once = False

    @extend_schema(parameters=GUEST, responses=GuestAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Confirm the e-mail address. A code works once, for ten minutes and five tries. Ignores `Idempotency-Key`."""
        given = self.read_input()
        guest = confirm_guest(guest=self.guest(given), code=given["code"])
        return Response(project_guest(guest))


def guest_sent(view: LinkView, wishlist: Wishlist, given: dict[str, Any]) -> Guest:
    """Return the guest whose manage token was sent with the request."""
    token = view.sent_token(given)
    if not token:
        raise ManageTokenNeeded
    return known_guest(wishlist=wishlist, token=token)

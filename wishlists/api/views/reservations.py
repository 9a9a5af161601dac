"""API views of reservations. They use the same services as `reservation_status`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from wishlists.api.answers import explaining_conflicts
from wishlists.api.hypermedia_links import (
    LinkedViewSet,
    from_item,
    from_reservation,
    rows_of,
    to_all_reservations,
    to_reservations,
)
from wishlists.api.lookups import viewer_of, visible_item
from wishlists.api.serializers.budgets import CheckoutSerializer
from wishlists.api.serializers.items import ConflictSerializer
from wishlists.api.serializers.reservations import ReservationInputSerializer, ReservationSerializer
from wishlists.models import Reservation
from wishlists.projections.reservations import project_reservations, project_reservations_of, reservations_of
from wishlists.queries.my_gifts.wanted import PARAMETERS, wanted_by
from wishlists.queries.reservations import find_reservation, own_reservation
from wishlists.services.checking_out import check_out
from wishlists.services.locking import held_of, lock_item
from wishlists.services.reserving import change_reservation, release_reservation, reserve_item


class ItemReservationViewSet(LinkedViewSet):
    """Reservations of an item."""

    token_access = GIVING
    one, many = _("Reservation"), _("Reservations")
    queryset = Reservation.objects.none()
    serializer_class = ReservationInputSerializer

    @extend_schema(responses=ReservationSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """List the reservations, oldest first, as far as you can see them. Only members get names."""
        seen = project_reservations_of(*visible_item(request, item_id, wishlist_id))
        rows, headers = page_of(request, seen)
        return Response(rows, headers=headers)

    @extend_schema(
        responses={201: ReservationSerializer, 200: ReservationSerializer, 409: ConflictSerializer}
    )
    def create(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Reserve `units` of the item. If you hold a reservation already, its number of units becomes this one (200)."""
        item, viewpoint = visible_item(request, item_id, wishlist_id)
        viewer = viewpoint.viewer
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        status = given.pop("status", None)
        purchased = None if status is None else status == Reservation.Status.PURCHASED
        with explaining_conflicts(item, viewpoint), change():
            held = lock_item(item)
            is_new = held_of(held, viewer) is None
            made = reserve_item(item=held, by=viewer, purchased=purchased, **given)
            answer = own_reservation(viewer, made.pk)
        return Response(answer, HTTP_201_CREATED if is_new else HTTP_200_OK)

    def links(self, data: Any) -> Links:
        item = from_item(self.kwargs["wishlist_id"], self.kwargs["item_id"])
        return [*item, *to_reservations(rows_of(data)), *to_all_reservations()]


class ReservationViewSet(LinkedViewSet):
    """Your reservations."""

    token_access = GIVING
    one, many = _("My reservation"), _("My reservations")
    queryset = Reservation.objects.none()
    serializer_class = ReservationInputSerializer
    lookup_url_kwarg = "reservation_id"
    lookup_value_converter = "uuid"

    @extend_schema(parameters=PARAMETERS, responses=ReservationSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List your reservations, newest first, including those of items that were removed since."""
        viewer = viewer_of(request)
        rows, headers = page_of(request, wanted_by(request.GET).reservations_of(viewer))
        return Response(project_reservations(rows, viewer), headers=headers)

    @extend_schema(responses=ReservationSerializer)
    def retrieve(self, request: Request, reservation_id: UUID) -> Response:
        """Get one of your reservations."""
        return Response(own_reservation(viewer_of(request), reservation_id))

    @extend_schema(responses={200: ReservationSerializer, 409: ConflictSerializer})
    def partial_update(self, request: Request, reservation_id: UUID) -> Response:
        """Change the number of units, the status or the message."""
        viewer = viewer_of(request)
        reservation, viewpoint = find_reservation(viewer, reservation_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with explaining_conflicts(reservation.item, viewpoint), change():
            change_reservation(reservation=reservation, by=viewer, **serializer.validated_data)
            answer = own_reservation(viewer, reservation_id)
        return Response(answer)

    update = partial_update

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, reservation_id: UUID) -> Response:
        """Cancel the reservation."""
        viewer = viewer_of(request)
        reservation, _viewpoint = find_reservation(viewer, reservation_id)
        release_reservation(reservation=reservation, by=viewer)
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=CheckoutSerializer, responses=ReservationSerializer(many=True))
    @action(detail=False, methods=["post"], serializer_class=CheckoutSerializer)
    def checkout(self, request: Request) -> Response:
        """Mark several reservations as bought, all or none, confirmed by one e-mail. Those bought already stay the same."""
        viewer = viewer_of(request)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ids = serializer.validated_data["ids"]
        with change():
            check_out(ids=ids, by=viewer)
            answer = project_reservations(reservations_of(viewer).filter(pk__in=ids), viewer)
        return Response(answer)

    def links(self, data: Any) -> Links:
        return to_reservations(data) if isinstance(data, list) else from_reservation(data)

"""API views of the reveal, the gifts after it, and the thanks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.access.scopes import LISTS, READING_LISTS, WRITING_LISTS
from accounts.api.retrying import RetriedView
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.hypermedia_links import LinkedViewSet, from_list, rows_of
from wishlists.api.lookups import visible_list
from wishlists.api.serializers.gifts import (
    GiftsSerializer,
    RevealSerializer,
    ThanksInputSerializer,
    ThanksSerializer,
)
from wishlists.api.serializers.wishlists import WishlistSerializer
from wishlists.models import Thanks, Wishlist
from wishlists.projections.gifts import all_named, project_gifts, project_thanks, require_revealed
from wishlists.projections.rows import Row
from wishlists.projections.wishlists import project_wishlist_for
from wishlists.refusals import NoSuchGiver, NotConfirmed
from wishlists.services.lists.reveal import reveal_wishlist
from wishlists.services.thanking import require_thanker, send_thanks, write_thanks


class RevealView(RetriedView, GenericAPIView[Wishlist]):
    """Reveal who gave what."""

    token_access = WRITING_LISTS
    queryset = Wishlist.objects.none()
    serializer_class = RevealSerializer

    @extend_schema(responses=WishlistSerializer)
    def post(self, request: Request, wishlist_id: UUID) -> Response:
        """Reveal who gave what to everyone on the list, for good. For recipients only. Needs `confirm: true`."""
        viewpoint = visible_list(request, wishlist_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if not serializer.validated_data.get("confirm"):
            raise NotConfirmed
        revealed = reveal_wishlist(wishlist=viewpoint.wishlist, by=current_user(request))
        return Response(project_wishlist_for(replace(viewpoint, wishlist=revealed)))

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


class GiftsView(GenericAPIView[Wishlist]):
    """Who gave what."""

    token_access = READING_LISTS
    queryset = Wishlist.objects.none()

    @extend_schema(responses=GiftsSerializer(many=True))
    def get(self, request: Request, wishlist_id: UUID) -> Response:
        """List who gave what, one row per giver. Before the reveal always 409 `not_revealed`."""
        viewpoint = visible_list(request, wishlist_id)
        require_revealed(viewpoint)
        gifts = project_gifts(viewpoint, named=all_named(viewpoint))
        rows, headers = page_of(request, gifts)
        return Response(rows, headers=headers)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


class ThanksViewSet(LinkedViewSet):
    """Thank-you notes, one per giver."""

    token_access = LISTS
    one, many = _("Thanks"), _("Thanks")
    queryset = Thanks.objects.none()
    lookup_url_kwarg = "giver_id"
    lookup_value_converter = "uuid"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return ThanksInputSerializer

    @extend_schema(responses=ThanksSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the givers with their thank-you notes. For recipients only, after the reveal."""
        rows, headers = page_of(request, project_thanks(self._list(wishlist_id)))
        return Response(rows, headers=headers)

    @extend_schema(responses=ThanksSerializer)
    def retrieve(self, request: Request, wishlist_id: UUID, giver_id: UUID) -> Response:
        """Get the thank-you note to one giver."""
        return Response(self._row(self._list(wishlist_id), giver_id))

    @extend_schema(responses=ThanksSerializer)
    def update(self, request: Request, wishlist_id: UUID, giver_id: UUID) -> Response:
        """Write the note, or mark the giver as thanked or not."""
        viewpoint = self._list(wishlist_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with change():
            write_thanks(
                wishlist=viewpoint.wishlist,
                by=current_user(request),
                giver_id=giver_id,
                **serializer.validated_data,
            )
            answer = self._row(viewpoint, giver_id)
        return Response(answer)

    partial_update = update

    @extend_schema(request=None, responses=ThanksSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, wishlist_id: UUID, giver_id: UUID) -> Response:
        """Send the note, once, and mark the giver as thanked. Guests get an e-mail at their confirmed address."""
        viewpoint = self._list(wishlist_id)
        with change():
            send_thanks(wishlist=viewpoint.wishlist, by=current_user(request), giver_id=giver_id)
            answer = self._row(viewpoint, giver_id)
        return Response(answer)

    def links(self, data: Any) -> Links:
        wishlist_id = self.kwargs["wishlist_id"]
        givers = [
            (
                row["display_name"] or _t("A giver"),
                reverse("thanks-detail", args=[wishlist_id, row["giver_id"]]),
            )
            for row in rows_of(data)
        ]
        return [*from_list(wishlist_id), *givers]

    def _list(self, wishlist_id: UUID) -> Viewpoint:
        viewpoint = visible_list(self.request, wishlist_id)
        require_thanker(viewpoint)
        return viewpoint

    @staticmethod
    def _row(viewpoint: Viewpoint, giver_id: UUID) -> Row:
        for row in project_thanks(viewpoint):
            if row["giver_id"] == giver_id:
                return row
        raise NoSuchGiver

"""API views of contributions to items and pots, and of the user's own contributions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from wishlists.api.answers import item_as_seen
from wishlists.api.hypermedia_links import LinkedViewSet, from_item, from_list
from wishlists.api.lookups import held_item, viewer_of, visible_item, visible_list
from wishlists.api.serializers.items import ItemSerializer
from wishlists.api.serializers.money import (
    ContributionChangeSerializer,
    ContributionInputSerializer,
    ContributionsSerializer,
    OwnContributionSerializer,
)
from wishlists.models import Contribution, Item, Wishlist
from wishlists.projections.money import (
    contributions_by,
    project_contributions,
    project_own_contributions,
    project_pot,
)
from wishlists.projections.rows import Row
from wishlists.queries.money import find_contribution, own_contribution
from wishlists.services.money.contributing import (
    change_contribution,
    contribute,
    contribute_to_pot,
    withdraw_contribution,
)


class ContributionViewSet(LinkedViewSet):
    """Contributions for an item."""

    token_access = GIVING
    one, many = _("Contribution"), _("Contributions")
    queryset = Item.objects.none()
    serializer_class = ContributionInputSerializer

    @extend_schema(responses=ContributionsSerializer)
    def list(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """List the contributions for the item, as far as you can see them."""
        return Response(project_contributions(*visible_item(request, item_id, wishlist_id)))

    @extend_schema(responses={201: ItemSerializer})
    def create(self, request: Request, wishlist_id: UUID, item_id: UUID) -> Response:
        """Chip in, in the item's currency. `rest` gives the remaining amount up to the target."""
        with change():
            item, viewpoint = held_item(request, item_id, wishlist_id)
            context = {**self.get_serializer_context(), "currency": item.currency}
            serializer = ContributionInputSerializer(data=request.data, context=context)
            serializer.is_valid(raise_exception=True)
            contribute(item=item, by=viewpoint.viewer, **serializer.validated_data)
            answer = item_as_seen(item, viewpoint)
        return Response(answer, HTTP_201_CREATED)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "currency": settings.DEFAULT_CURRENCY}

    def links(self, data: Any) -> Links:
        return from_item(self.kwargs["wishlist_id"], self.kwargs["item_id"])


class PotViewSet(LinkedViewSet):
    """Contributions to the group pot of a list."""

    token_access = GIVING
    one, many = _("Contribution"), _("Group pot")
    queryset = Wishlist.objects.none()
    serializer_class = ContributionInputSerializer

    @extend_schema(responses=ContributionsSerializer)
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the contributions to the group pot, as far as you can see them."""
        return Response(project_pot(visible_list(request, wishlist_id)))

    @extend_schema(responses={201: ContributionsSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Chip in to the group pot. `rest` gives the remaining amount up to the target."""
        viewpoint = visible_list(request, wishlist_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with change():
            contribute_to_pot(wishlist=viewpoint.wishlist, by=viewpoint.viewer, **serializer.validated_data)
            answer = project_pot(viewpoint)
        return Response(answer, HTTP_201_CREATED)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "currency": settings.DEFAULT_CURRENCY}

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


class OwnContributionViewSet(LinkedViewSet):
    """Your contributions."""

    token_access = GIVING
    one, many = _("My contribution"), _("My contributions")
    queryset = Contribution.objects.none()
    serializer_class = ContributionChangeSerializer
    lookup_url_kwarg = "contribution_id"
    lookup_value_converter = "uuid"

    @extend_schema(responses=OwnContributionSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List your contributions, newest first, including those for items that were removed since."""
        viewer = viewer_of(request)
        rows, headers = page_of(request, contributions_by(viewer))
        return Response(project_own_contributions(rows, viewer), headers=headers)

    @extend_schema(responses=OwnContributionSerializer)
    def retrieve(self, request: Request, contribution_id: UUID) -> Response:
        """Get one of your contributions."""
        return Response(own_contribution(viewer_of(request), contribution_id))

    @extend_schema(responses=OwnContributionSerializer)
    def partial_update(self, request: Request, contribution_id: UUID) -> Response:
        """Change the amount, or mark the contribution as paid."""
        viewer = viewer_of(request)
        mine = find_contribution(viewer, contribution_id)
        context = {**self.get_serializer_context(), "currency": mine.currency}
        serializer = ContributionChangeSerializer(data=request.data, context=context)
        serializer.is_valid(raise_exception=True)
        with change():
            change_contribution(contribution=mine, by=viewer, **serializer.validated_data)
            answer = own_contribution(viewer, contribution_id)
        return Response(answer)

    update = partial_update

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, contribution_id: UUID) -> Response:
        """Withdraw the contribution."""
        viewer = viewer_of(request)
        withdraw_contribution(contribution=find_contribution(viewer, contribution_id), by=viewer)
        return Response(status=HTTP_204_NO_CONTENT)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "currency": settings.DEFAULT_CURRENCY}

    def links(self, data: Any) -> Links:
        if self.action == "list":
            return [
                (row["item"]["title"] if row["item"] else row["wishlist_title"], _own_address(row))
                for row in data
            ]
        return [(_t("All that I chipped in"), reverse("own-contribution-list"))]


def _own_address(row: Row) -> str:
    return reverse("own-contribution-detail", args=[row["id"]])

"""Contributions by link: a guest's own, the pot, and collections.

Users with an access token act as themselves. Clients without a token have no contributions.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import GIVING
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from sharing.api.documents import GUEST
from sharing.api.hypermedia_links import to_own
from sharing.api.serializers import (
    GuestContributionChangeSerializer,
    GuestContributionSerializer,
    GuestContributionsSerializer,
)
from sharing.api.views.public import LinkView, money_of
from sharing.projections.guests import with_manage_token
from sharing.refusals import ManageTokenNeeded
from sharing.services.guests import known_guest
from wishlists.api.serializers.money import (
    CollectionSerializer,
    ContributionsSerializer,
    OwnContributionSerializer,
)
from wishlists.models import Contribution, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.money import (
    collections_of,
    contributions_by,
    project_collections,
    project_own_contributions,
    project_pot,
)
from wishlists.queries.money import find_contribution, own_contribution
from wishlists.refusals import NoSuchContribution
from wishlists.services.money.contributing import (
    change_contribution,
    contribute_to_pot,
    withdraw_contribution,
)


class MoneyView(LinkView):
    """For the user with an access token, or the guest with a manage token."""

    token_access = GIVING
    queryset = Contribution.objects.none()

    def giver_known(self, wishlist: Wishlist, given: dict[str, Any] | None = None) -> Viewer:
        if self.viewer.user is not None:
            return self.viewer
        token = self.sent_token(given)
        if not token:
            raise ManageTokenNeeded
        return Viewer(guest=known_guest(wishlist=wishlist, token=token), by_link=True)

    def find(self, giver: Viewer, wishlist: Wishlist, contribution_id: UUID) -> Contribution:
        """Return a contribution of the giver on the list of this link."""
        found = find_contribution(giver, contribution_id)
        if (found.item.wishlist_id if found.item else found.pot_id) != wishlist.pk:
            raise NoSuchContribution
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "currency": settings.DEFAULT_CURRENCY}


class PublicOwnContributionsView(MoneyView):
    @extend_schema(parameters=GUEST, responses=OwnContributionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the contributions of this guest on this list, or of the user if there is an access token."""
        _link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        giver = self.giver_known(wishlist)
        rows, headers = page_of(request, contributions_by(giver).on(wishlist))
        return Response(project_own_contributions(rows, giver), headers=headers)

    def links(self, data: Any) -> Links:
        token = self.request.query_params["token"]
        return [*super().links(data), *to_own(data, "api-public-own-contribution", token)]


class PublicOwnContributionView(MoneyView):
    serializer_class: type[BaseSerializer[Any]] = GuestContributionChangeSerializer

    @extend_schema(parameters=GUEST, responses=OwnContributionSerializer)
    def patch(self, request: Request, contribution_id: UUID) -> Response:
        """Change the amount, or mark the contribution as paid."""
        _link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        field = request.data.get("manage_token") if isinstance(request.data, dict) else None
        giver = self.giver_known(wishlist, {"manage_token": field if isinstance(field, str) else ""})
        mine = self.find(giver, wishlist, contribution_id)
        given = self.read_input(currency=mine.currency)
        given.pop("manage_token", None)
        with change():
            change_contribution(contribution=mine, by=giver, **given)
            answer = own_contribution(giver, contribution_id)
        return Response(answer)

    @extend_schema(parameters=GUEST, responses=OwnContributionSerializer)
    def put(self, request: Request, contribution_id: UUID) -> Response:
        """Change the amount, or mark the contribution as paid."""
        return self.patch(request, contribution_id)

    @extend_schema(parameters=GUEST, responses={204: None})
    def delete(self, request: Request, contribution_id: UUID) -> Response:
        """Withdraw the contribution."""
        _link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        giver = self.giver_known(wishlist)
        withdraw_contribution(contribution=self.find(giver, wishlist, contribution_id), by=giver)
        return Response(status=HTTP_204_NO_CONTENT)


class PublicPotView(MoneyView):
    serializer_class: type[BaseSerializer[Any]] = GuestContributionSerializer

    @extend_schema(parameters=GUEST, responses=ContributionsSerializer)
    def get(self, request: Request) -> Response:
        """Get the total of the list's group pot, without names."""
        _link, viewpoint = self.enter()
        return Response(project_pot(self.asked_by(viewpoint)))

    @extend_schema(parameters=GUEST, responses={201: GuestContributionsSerializer})
    def post(self, request: Request) -> Response:
        """Chip in to the group pot. Without an access token you are a guest."""
        _link, viewpoint = self.enter()
        given = self.read_input()
        with change():
            viewpoint = self.acting(viewpoint, given)
            contribute_to_pot(wishlist=viewpoint.wishlist, by=viewpoint.viewer, **money_of(given))
            answer = project_pot(viewpoint)
        return Response(with_manage_token(answer, viewpoint.viewer.guest), HTTP_201_CREATED)


class PublicCollectionsView(LinkView):
    token_access = GIVING
    queryset = Contribution.objects.none()

    @extend_schema(parameters=GUEST, responses=CollectionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the open group gifts with what is missing and their deadlines, as far as you can see them, without names."""
        _link, viewpoint = self.enter()
        asked = self.asked_by(viewpoint)
        rows, headers = page_of(request, collections_of(asked))
        return Response(project_collections(rows, asked), headers=headers)

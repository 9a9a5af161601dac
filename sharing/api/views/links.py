"""The public link of a list, for its owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.viewsets import GenericViewSet

from accounts.access.scopes import WRITING_LISTS
from accounts.api.retrying import RetriedView
from accounts.api.views import current_user
from core.api.browsable import Links
from sharing.access.capabilities import link_token
from sharing.api.hypermedia_links import from_link
from sharing.api.serializers import LimitsSerializer, PublicLinkSerializer
from sharing.models import PublicLink
from sharing.projections.links import project_link
from sharing.services.links import make_link, revoke_link
from wishlists.api.hypermedia_links import from_list
from wishlists.api.lookups import owned_list

LINK_OR_NULL = {"allOf": [{"$ref": "#/components/schemas/PublicLink"}], "nullable": True}
_NO_STORE = {"Cache-Control": "no-store"}


class PublicLinkViewSet(RetriedView, GenericViewSet[Any]):
    """The public link of a list. A list has one active link at most, and only the owner can see its token."""

    token_access = WRITING_LISTS
    queryset = PublicLink.objects.none()
    serializer_class = LimitsSerializer

    @extend_schema(responses={200: LINK_OR_NULL})
    def retrieve(self, request: Request, wishlist_id: UUID) -> Response:
        """Get the active link, or null."""
        link = owned_list(request, wishlist_id).wishlist.public_links.live().first()
        return Response(link and project_link(link), headers=_NO_STORE)

    @extend_schema(responses={201: PublicLinkSerializer, 200: PublicLinkSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Create the link, or change the limits of the active one."""
        wishlist = owned_list(request, wishlist_id).wishlist
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        link, created = make_link(wishlist=wishlist, by=current_user(request), **given.validated_data)
        return Response(project_link(link), HTTP_201_CREATED if created else HTTP_200_OK, headers=_NO_STORE)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID) -> Response:
        """Delete the link. Its token stops working at once."""
        revoke_link(wishlist=owned_list(request, wishlist_id).wishlist, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

    def without_secrets(self, data: Any) -> Any:
        return data and {**data, "token": None}

    def with_secrets(self, data: Any) -> Any:
        return data and {**data, "token": link_token(PublicLink(pk=UUID(data["id"])))}

    def links(self, data: Any) -> Links:
        links = from_list(self.kwargs["wishlist_id"])
        return [*links, *from_link(data["token"])] if data else links

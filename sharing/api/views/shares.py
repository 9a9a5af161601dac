"""The members of a list, without the owner: adding and removing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED

from accounts.access.scopes import LISTS
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from sharing.access.invitation_tokens import Kind
from sharing.api.serializers import InvitedSerializer
from sharing.projections.invitations import project_invited
from sharing.services.inviting import invite
from wishlists.api.hypermedia_links import LinkedViewSet, from_list
from wishlists.api.lookups import owned_list
from wishlists.api.serializers.people import ShareInputSerializer, ShareSerializer
from wishlists.api.shopping_lists import OnSharedLists
from wishlists.api.views.people import removed
from wishlists.models import Member
from wishlists.projections.members import project_share
from wishlists.services.lists.people import share_wishlist


class ShareViewSet(LinkedViewSet):
    """The members of a list, without the owner."""

    token_access = LISTS
    one, many = _("Person"), _("People")
    queryset = Member.objects.none()
    serializer_class = ShareInputSerializer
    lookup_url_kwarg = "user_id"
    lookup_value_converter = "uuid"

    @extend_schema(responses=ShareSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the members in the order in which they were added. For the owner only."""
        members = owned_list(request, wishlist_id).wishlist.members.live().exclude(role=Member.Role.OWNER)
        rows, headers = page_of(request, members.select_related("user").order_by("created_at", "pk"))
        return Response([project_share(member) for member in rows], headers=headers)

    @extend_schema(responses={201: ShareSerializer, 200: ShareSerializer, 202: InvitedSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Add a user by their e-mail address, or change their role.

        Where SHARE_BY_INVITATION is set, this sends an invitation to any address instead, and answers 202.
        """
        wishlist = owned_list(request, wishlist_id).wishlist
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if settings.SHARE_BY_INVITATION:
            given = serializer.validated_data
            sent = invite(kind=Kind.LIST, target=wishlist, by=current_user(request), **given)
            return Response(project_invited(sent, given["email"]), HTTP_202_ACCEPTED)
        member, created = share_wishlist(
            wishlist=wishlist, by=current_user(request), **serializer.validated_data
        )
        return Response(project_share(member), HTTP_201_CREATED if created else HTTP_200_OK)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID, user_id: UUID) -> Response:
        """Remove a member, or leave the list."""
        return removed(request, wishlist_id, user_id)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


class ShoppingListShareViewSet(OnSharedLists, ShareViewSet):
    pass

"""API views of a list's members: reading for members, changing and removing for the owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import LISTS
from accounts.api.views import current_user
from accounts.models import User
from core.api.browsable import Links
from core.api.paging import page_of
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.hypermedia_links import LinkedViewSet, from_list
from wishlists.api.lookups import owned_list, visible_list
from wishlists.api.serializers.people import (
    GroupShareInputSerializer,
    GroupShareSerializer,
    MemberSerializer,
    RoleInputSerializer,
)
from wishlists.models import GroupShare, Member
from wishlists.projections.members import groups_for, members_for, project_group_shares, project_members
from wishlists.refusals import NoSuchPerson
from wishlists.services.lists.group_sharing import share_with_group, stop_sharing_with_group
from wishlists.services.lists.people import change_role, remove_member


class MemberViewSet(LinkedViewSet):
    """The members of a list, with names and roles. The owner adds members at `/shares`, or invites them."""

    token_access = LISTS
    one, many = _("Person"), _("People")
    queryset = Member.objects.none()
    serializer_class = RoleInputSerializer
    lookup_url_kwarg = "user_id"
    lookup_value_converter = "uuid"

    @extend_schema(responses=MemberSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the members: first the owner, then the others in the order in which they were added."""
        rows, headers = page_of(request, members_for(visible_list(request, wishlist_id)))
        return Response(project_members(rows), headers=headers)

    @extend_schema(responses=MemberSerializer)
    def partial_update(self, request: Request, wishlist_id: UUID, user_id: UUID) -> Response:
        """Change what a member may do. For the owner only."""
        viewpoint, by = owned_list(request, wishlist_id), current_user(request)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        member = change_role(
            wishlist=viewpoint.wishlist,
            user=_person(viewpoint, by, user_id),
            by=by,
            **serializer.validated_data,
        )
        [row] = project_members([member])
        return Response(row)

    update = partial_update

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID, user_id: UUID) -> Response:
        """Remove a member, or leave the list."""
        return removed(request, wishlist_id, user_id)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


class ListGroupViewSet(LinkedViewSet):
    """The groups that a list is shared with. Whoever joins one of them later sees the list, too."""

    token_access = LISTS
    one, many = _("Group"), _("Groups")
    queryset = GroupShare.objects.none()
    serializer_class = GroupShareInputSerializer
    lookup_url_kwarg = "group_id"
    lookup_value_converter = "uuid"

    @extend_schema(responses=GroupShareSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the groups by name."""
        rows, headers = page_of(request, groups_for(visible_list(request, wishlist_id)))
        return Response(project_group_shares(rows), headers=headers)

    @extend_schema(responses={201: GroupShareSerializer, 200: GroupShareSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Share the list with one of your groups, or change the role of its people."""
        viewpoint = owned_list(request, wishlist_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        share, is_new = share_with_group(
            wishlist=viewpoint.wishlist, by=current_user(request), **serializer.validated_data
        )
        [row] = project_group_shares(groups_for(viewpoint).filter(pk=share.pk))
        return Response(row, HTTP_201_CREATED if is_new else HTTP_200_OK)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID, group_id: UUID) -> Response:
        """Stop sharing with a group. People who have no other place on the list lose it at once."""
        wishlist = owned_list(request, wishlist_id).wishlist
        stop_sharing_with_group(wishlist=wishlist, by=current_user(request), group_id=group_id)
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


def removed(request: Request, wishlist_id: UUID, user_id: UUID) -> Response:
    """Answer the request to remove a member, or to leave."""
    viewpoint, by = visible_list(request, wishlist_id), current_user(request)
    remove_member(wishlist=viewpoint.wishlist, user=_person(viewpoint, by, user_id), by=by)
    return Response(status=HTTP_204_NO_CONTENT)


def _person(viewpoint: Viewpoint, by: User, user_id: UUID) -> User:
    """Return the user: yourself, or for the owner any member of the list."""
    if user_id == by.pk:
        return by
    members = viewpoint.require_owner().wishlist.members
    member = members.live().filter(user_id=user_id).select_related("user").first()
    if member is None:
        raise NoSuchPerson
    return member.user

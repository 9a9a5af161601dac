"""Invitations by e-mail: sending and revoking them, and answering one with its token (docs/invitations.md)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from accounts.access.scopes import ACCOUNT, OPEN, WRITING_LISTS
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user
from accounts.queries.groups import group_of
from accounts.services.groups import revoke_group_invitations
from sharing.access.invitation_tokens import Kind, clean_token
from sharing.api.documents import TOKEN
from sharing.api.serializers import (
    InvitationSerializer,
    InvitationTokenSerializer,
    InvitedSerializer,
    InviteSerializer,
    InviteToGroupSerializer,
    JoinedGroupSerializer,
    JoinedListSerializer,
)
from sharing.projections.invitations import project_invitation, project_invited, project_joined
from sharing.services.inviting import accept_invitation, decline_invitation, find_invitation, invite
from wishlists.api.lookups import owned_list
from wishlists.services.lists.people import revoke_invitations

JOINED = PolymorphicProxySerializer(
    "Joined", [JoinedListSerializer, JoinedGroupSerializer], resource_type_field_name=None
)


class InviteView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = WRITING_LISTS
    serializer_class = InviteSerializer

    @extend_schema(responses={202: InvitedSerializer})
    def post(self, request: Request, wishlist_id: UUID) -> Response:
        """Send an invitation to an e-mail address. The answer is the same whether or not it has an account."""
        wishlist = owned_list(request, wishlist_id).wishlist
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        sent = invite(kind=Kind.LIST, target=wishlist, by=current_user(request), **given)
        return Response(project_invited(sent, given["email"]), HTTP_202_ACCEPTED)


class InvitationsOfListView(RetriedView):
    token_access = WRITING_LISTS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, wishlist_id: UUID) -> Response:
        """Revoke all invitations to this list that were sent so far. Members stay."""
        revoke_invitations(wishlist=owned_list(request, wishlist_id).wishlist, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)


class InviteToGroupView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = WRITING_LISTS
    serializer_class = InviteToGroupSerializer

    @extend_schema(responses={202: InvitedSerializer})
    def post(self, request: Request, group_id: UUID) -> Response:
        """Send an invitation to a group to an e-mail address. The answer is the same whether or not it has an account."""
        user = current_user(request)
        group = group_of(user, group_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        sent = invite(kind=Kind.GROUP, target=group, by=user, **given)
        return Response(project_invited(sent, given["email"]), HTTP_202_ACCEPTED)


class InvitationsOfGroupView(RetriedView):
    token_access = WRITING_LISTS

    @extend_schema(responses={204: None})
    def delete(self, request: Request, group_id: UUID) -> Response:
        """Revoke all invitations to this group that were sent so far. Its people stay."""
        user = current_user(request)
        revoke_group_invitations(group=group_of(user, group_id), by=user)
        return Response(status=HTTP_204_NO_CONTENT)


class _Unstored(ShownAnswersView):
    """Answers about an invitation, which nobody may store: their requests contain its token."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer


class InvitationView(_Unstored):
    """An invitation as everybody with its link may see it."""

    token_access = OPEN
    open_to_all = True
    permission_classes = (AllowAny,)

    @extend_schema(parameters=[TOKEN], responses=InvitationSerializer)
    def get(self, request: Request) -> Response:
        """Who invites, to what, and in which role. Nothing about giving."""
        found = find_invitation(clean_token(request.query_params.get("token", "")))
        return Response(project_invitation(found.invitation, found.title, found.inviter))


class _Answer(_Unstored, RetriedView, GenericAPIView[Any]):
    token_access = ACCOUNT
    serializer_class = InvitationTokenSerializer

    def sent_token(self, request: Request) -> str:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return clean_token(serializer.validated_data["token"])


class AcceptInvitationView(_Answer):
    @extend_schema(responses=JOINED)
    def post(self, request: Request) -> Response:
        """Join. Only an account with the invited address, which must be verified, can accept."""
        joined = accept_invitation(token=self.sent_token(request), user=current_user(request))
        return Response(project_joined(joined.invitation, joined.role))


class RejectInvitationView(_Answer):
    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        """Decline. The person who sent the invitation is notified."""
        decline_invitation(token=self.sent_token(request), user=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

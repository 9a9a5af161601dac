"""REST views of groups: families, friends, colleagues."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from accounts.access.scopes import LISTS
from accounts.api.groups.serializers import (
    GroupInputSerializer,
    GroupMemberInputSerializer,
    GroupMemberSerializer,
    GroupRoleInputSerializer,
    GroupSerializer,
)
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.api.views import current_user
from accounts.models import Group
from accounts.projections.groups import group_member, group_row
from accounts.queries.groups import group_of, groups_of
from accounts.services.groups import (
    add_to_group,
    change_group_role,
    create_group,
    remove_from_group,
    remove_group,
    rename_group,
)
from core.api.browsable import Links
from core.api.paging import page_of


class _GroupView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    token_access = LISTS
    queryset = Group.objects.none()

    def given(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def links(self, data: Any) -> Links:
        group_id = self.kwargs["group_id"]
        return [
            (_("The group"), reverse("api-group", args=[group_id])),
            (_("Its people"), reverse("api-group-members", args=[group_id])),
            (_("All my groups"), reverse("api-groups")),
        ]


class GroupsView(_GroupView):
    serializer_class = GroupInputSerializer

    @extend_schema(responses=GroupSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the groups that you are in, by name."""
        groups, headers = page_of(request, groups_of(current_user(request)))
        return Response([group_row(group) for group in groups], headers=headers)

    @extend_schema(responses={201: GroupSerializer})
    def post(self, request: Request) -> Response:
        """Create a group. You are its first admin."""
        group = create_group(by=current_user(request), **self.given(request))
        return Response(_shown(request, group.pk), HTTP_201_CREATED)

    def links(self, data: Any) -> Links:
        rows = data if isinstance(data, list) else [data]
        return [(row["name"], reverse("api-group", args=[row["id"]])) for row in rows]


class GroupView(_GroupView):
    serializer_class = GroupInputSerializer

    @extend_schema(responses=GroupSerializer)
    def get(self, request: Request, group_id: UUID) -> Response:
        """Get one of your groups."""
        return Response(_shown(request, group_id))

    @extend_schema(responses=GroupSerializer)
    def patch(self, request: Request, group_id: UUID) -> Response:
        """Rename a group. For its admins."""
        group = group_of(current_user(request), group_id)
        rename_group(group=group, by=current_user(request), **self.given(request))
        return Response(_shown(request, group_id))

    put = patch

    @extend_schema(responses={204: None})
    def delete(self, request: Request, group_id: UUID) -> Response:
        """Delete a group. Its people lose the lists that they saw only through it. For its admins."""
        remove_group(group=group_of(current_user(request), group_id), by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)


class GroupMembersView(_GroupView):
    serializer_class = GroupMemberInputSerializer

    @extend_schema(responses=GroupMemberSerializer(many=True))
    def get(self, request: Request, group_id: UUID) -> Response:
        """List the people of a group, in the order in which they joined."""
        people = group_of(current_user(request), group_id).members.all()
        rows, headers = page_of(request, people)
        return Response([group_member(one) for one in rows], headers=headers)

    @extend_schema(responses={201: GroupMemberSerializer, 200: GroupMemberSerializer})
    def post(self, request: Request, group_id: UUID) -> Response:
        """Add a person by their e-mail address, or change their role. For admins of the group.

        They see at once every list that is shared with the group.
        """
        user = current_user(request)
        place, is_new = add_to_group(group=group_of(user, group_id), by=user, **self.given(request))
        return Response(group_member(place), HTTP_201_CREATED if is_new else HTTP_200_OK)


class GroupMemberView(_GroupView):
    serializer_class = GroupRoleInputSerializer

    @extend_schema(responses=GroupMemberSerializer)
    def patch(self, request: Request, group_id: UUID, user_id: UUID) -> Response:
        """Make a person an admin, or no longer one. For admins of the group."""
        user = current_user(request)
        group = group_of(user, group_id)
        return Response(
            group_member(change_group_role(group=group, by=user, user_id=user_id, **self.given(request)))
        )

    put = patch

    @extend_schema(responses={204: None})
    def delete(self, request: Request, group_id: UUID, user_id: UUID) -> Response:
        """Remove a person from the group, or leave it yourself. They lose the lists that they saw only through it."""
        user = current_user(request)
        remove_from_group(group=group_of(user, group_id), by=user, user_id=user_id)
        return Response(status=HTTP_204_NO_CONTENT)


def _shown(request: Request, group_id: UUID) -> dict[str, Any]:
    return group_row(group_of(current_user(request), group_id))

"""Who is on a list, for those who are on it themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from wishlist_project.base.browsable import Links
from wishlist_project.base.paging import page_of
from wishlists.member_projections import members_for, project_members
from wishlists.models import Member
from wishlists.serializers.people import MemberSerializer
from wishlists.views.asking import visible_list
from wishlists.views.walking import WalkedViewSet, from_list


class MemberViewSet(WalkedViewSet):
    """Names and roles. Whom the owner lets in, and their addresses, are under `/shares`."""

    one, many = _("Person"), _("People")
    queryset = Member.objects.none()
    serializer_class = MemberSerializer

    @extend_schema(responses=MemberSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the members: first the owner, then the others in the order in which they were added."""
        rows, headers = page_of(request, members_for(visible_list(request, wishlist_id)))
        return Response(project_members(rows), headers=headers)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])

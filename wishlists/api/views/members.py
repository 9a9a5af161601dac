"""Who is on a list, for those who are on it themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.browsable import Links
from core.api.paging import page_of
from wishlists.api.asking import visible_list
from wishlists.api.hypermedia_links import WalkedViewSet, from_list
from wishlists.api.serializers.people import MemberSerializer
from wishlists.models import Member
from wishlists.projections.members import members_for, project_members


class MemberViewSet(WalkedViewSet):
    """Names and roles. Whom the owner lets in, and their addresses, are under `/shares`."""

    one, many = _("Person"), _("People")
    queryset = Member.objects.none()
    serializer_class = MemberSerializer

    @extend_schema(responses=MemberSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """The owner first, then in the order in which they were let in."""
        rows, headers = page_of(request, members_for(visible_list(request, wishlist_id)))
        return Response(project_members(rows), headers=headers)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])

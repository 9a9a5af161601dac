"""API views of a list's recipients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import LISTS, READING_LISTS
from accounts.api.views import current_user
from core.api.browsable import Links
from core.db.change import change
from people.services.people import lock_people
from wishlists.api.hypermedia_links import LinkedViewSet, from_list
from wishlists.api.lookups import owned_list, visible_list
from wishlists.api.serializers.people import (
    RecipientsInputSerializer,
    RecipientsSerializer,
    WhoSeesSerializer,
)
from wishlists.models import Wishlist
from wishlists.projections.members import project_recipients
from wishlists.projections.who_sees import project_who_sees, who_sees
from wishlists.services.lists.lists import edit_wishlist
from wishlists.services.lists.recipient_people import set_recipient_people
from wishlists.services.lists.recipients import set_recipients


class RecipientsViewSet(LinkedViewSet):
    """The recipients of a list. They never see who gives what before the reveal."""

    token_access = LISTS
    many = _("Recipients")
    queryset = Wishlist.objects.none()
    serializer_class = RecipientsInputSerializer

    @extend_schema(responses=RecipientsSerializer)
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the recipients. For members only."""
        wishlist = visible_list(request, wishlist_id).require_member().wishlist
        return Response(project_recipients(wishlist, current_user(request)))

    @extend_schema(request=RecipientsInputSerializer, responses=RecipientsSerializer)
    def put(self, request: Request, wishlist_id: UUID) -> Response:
        """Set the recipients (owner only). Once the list is shared, recipients can't be removed: 409 `secret_sealed`."""
        wishlist, by = owned_list(request, wishlist_id).wishlist, current_user(request)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        person_ids = given.get("person_ids", [])
        with change():
            lock_people(by, person_ids)
            if "user_ids" in given:
                set_recipients(wishlist=wishlist, by=by, user_ids=given["user_ids"])
            if "person_ids" in given:
                set_recipient_people(wishlist=wishlist, by=by, person_ids=person_ids)
            if "recipient_name" in given:
                edit_wishlist(wishlist=wishlist, by=by, recipient_name=given["recipient_name"])
        return Response(project_recipients(owned_list(request, wishlist_id).wishlist, by))

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


class WhoSeesView(APIView):
    token_access = READING_LISTS

    @extend_schema(responses=WhoSeesSerializer)
    def get(self, request: Request, wishlist_id: UUID) -> Response:
        """Get who the list is for and who can see what givers do."""
        return Response(project_who_sees(who_sees(visible_list(request, wishlist_id).wishlist)))

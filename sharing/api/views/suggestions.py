"""Suggestions on a list, for people with an account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.viewsets import GenericViewSet

from accounts.access.scopes import LISTS
from accounts.api.retrying import RetriedView
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.paging import page_of
from sharing.api.serializers import SuggestionSerializer, SuggestSerializer
from sharing.models import Suggestion
from sharing.projections.links import project_suggestion
from sharing.refusals import NoSuchSuggestion
from sharing.services.suggestions import accept_suggestion, reject_suggestion, suggest_item
from wishlists.api.hypermedia_links import from_list
from wishlists.api.lookups import owned_list, visible_list


class SuggestionViewSet(RetriedView, GenericViewSet[Any]):
    """Suggestions for a list. Everyone who can see the list can suggest wishes, and the owner accepts or declines them."""

    token_access = LISTS
    queryset = Suggestion.objects.none()
    serializer_class = SuggestSerializer

    @extend_schema(responses=SuggestionSerializer(many=True))
    def list(self, request: Request, wishlist_id: UUID) -> Response:
        """List the pending suggestions, oldest first."""
        pending = owned_list(request, wishlist_id).wishlist.suggestions.pending().order_by("created_at", "pk")
        rows, headers = page_of(request, pending)
        return Response([project_suggestion(row) for row in rows], headers=headers)

    @extend_schema(responses={201: SuggestionSerializer})
    def create(self, request: Request, wishlist_id: UUID) -> Response:
        """Suggest a wish to the owner."""
        viewpoint = visible_list(request, wishlist_id)
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = suggest_item(wishlist=viewpoint.wishlist, by=viewpoint.viewer, **given.validated_data)
        return Response(project_suggestion(made), HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, wishlist_id: UUID, suggestion_id: UUID) -> Response:
        """Accept the suggestion and add it to the list."""
        suggestion = _suggestion_of(request, wishlist_id, suggestion_id)
        accept_suggestion(suggestion=suggestion, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, wishlist_id: UUID, suggestion_id: UUID) -> Response:
        """Decline the suggestion."""
        suggestion = _suggestion_of(request, wishlist_id, suggestion_id)
        reject_suggestion(suggestion=suggestion, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])


def _suggestion_of(request: Request, wishlist_id: UUID, suggestion_id: UUID) -> Suggestion:
    found = owned_list(request, wishlist_id).wishlist.suggestions.filter(pk=suggestion_id).first()
    if found is None:
        raise NoSuchSuggestion
    return found

"""REST views of what staff do to a list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import current_user
from accounts.models import User
from core.db.change import change
from moderation.api.serializers import (
    HandOverSerializer,
    ModeratedListSerializer,
    OpenedGivingSerializer,
    ReasonSerializer,
)
from moderation.api.staff_view import StaffView
from moderation.projections.moderated_lists import project_moderated_list
from moderation.projections.opened_giving import project_opened_giving
from moderation.queries.accounts import accounts_for
from moderation.queries.moderated_lists import list_for
from moderation.refusals import GivingNotOpened, GivingStaysClosed
from wishlists.models import Wishlist
from wishlists.refusals import NoSuchPerson
from wishlists.services.lists.handing_over import hand_over_wishlist
from wishlists.services.moderating import hide_wishlist, open_giving, opened_lists, unhide_wishlist


class ModeratedListView(StaffView):
    needs = "wishlists.view_wishlist"
    serializer_class: Any = ReasonSerializer

    @extend_schema(responses=ModeratedListSerializer)
    def patch(self, request: Request, wishlist_id: UUID) -> Response:
        given = self.read_input()
        found, by = list_for(current_user(request), wishlist_id), current_user(request)
        return Response(project_moderated_list(self.act(found, by, **given)))

    @extend_schema(responses=ModeratedListSerializer)
    def put(self, request: Request, wishlist_id: UUID) -> Response:
        return self.patch(request, wishlist_id)

    def act(self, wishlist: Wishlist, by: User, **given: Any) -> Wishlist:
        raise NotImplementedError


class HideListView(ModeratedListView):
    """Hide a list from everybody. Its members are told, and the owner reads the reason."""

    def act(self, wishlist: Wishlist, by: User, **given: Any) -> Wishlist:
        return hide_wishlist(wishlist=wishlist, by=by, **given)


class RestoreListView(ModeratedListView):
    """Show a hidden list again."""

    def act(self, wishlist: Wishlist, by: User, **given: Any) -> Wishlist:
        return unhide_wishlist(wishlist=wishlist, by=by, **given)


class HandOverListView(ModeratedListView):
    """Give a list to another owner. Both owners read the reason. Who the list is for stays as it is."""

    serializer_class = HandOverSerializer

    def act(self, wishlist: Wishlist, by: User, **given: Any) -> Wishlist:
        to = accounts_for(by).filter(pk=given.pop("user_id")).first()
        if to is None:
            raise NoSuchPerson
        return hand_over_wishlist(wishlist=wishlist, to=to, by=by, **given)


class OpenedGivingView(StaffView):
    """`Idempotency-Key` is ignored, because a refusal is logged, which a rollback would undo."""

    done_once = False
    needs = "wishlists.view_wishlist"
    serializer_class = ReasonSerializer

    @extend_schema(responses=OpenedGivingSerializer)
    def get(self, request: Request, wishlist_id: UUID) -> Response:
        """Get what givers did, if you opened the list in the last 30 minutes. 409 `giving_not_opened` otherwise."""
        by = current_user(request)
        found = list_for(by, wishlist_id)
        if found.pk not in opened_lists(by):
            raise GivingNotOpened
        return Response(project_opened_giving(found))

    @extend_schema(responses=OpenedGivingSerializer)
    def patch(self, request: Request, wishlist_id: UUID) -> Response:
        """Open what givers did on a list for 30 minutes. It is logged, and givers are told your name.

        403 `giving_stays_closed` if the list is for you, or for somebody who may use your account.
        """
        by = current_user(request)
        found, reason = list_for(by, wishlist_id), self.read_input()["reason"]
        with change():
            allowed = open_giving(wishlist=found, by=by, reason=reason)
        if not allowed:
            raise GivingStaysClosed
        return Response(project_opened_giving(found))

    @extend_schema(responses=OpenedGivingSerializer)
    def put(self, request: Request, wishlist_id: UUID) -> Response:
        """Open what givers did, like PATCH."""
        return self.patch(request, wishlist_id)

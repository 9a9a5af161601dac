"""API views of budgets, and of My gifts as CSV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts.access.scopes import GIVING
from accounts.api.views import current_user
from core.api.browsable import Links
from core.api.csv_answers import CsvRenderer
from core.api.renderers import OrjsonRenderer, ProblemRenderer
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.hypermedia_links import LinkedViewSet, from_list
from wishlists.api.lookups import viewer_of, visible_list
from wishlists.api.serializers.budgets import BudgetInputSerializer, BudgetSerializer
from wishlists.models import Budget
from wishlists.queries.my_gifts.table import COLUMNS, FILE_NAME, my_gifts_table
from wishlists.queries.my_gifts.wanted import PARAMETERS
from wishlists.queries.spending import project_budget, project_budgets
from wishlists.services.budgeting import clear_budget, set_budget


class BudgetsViewSet(LinkedViewSet):
    """Your budgets for all lists. Nobody else can see them."""

    token_access = GIVING
    many = _("My budgets")
    queryset = Budget.objects.none()
    pagination_class = None

    @extend_schema(responses=BudgetSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List your budgets by the date of the occasion, including lists on which you have reserved nothing yet."""
        return Response(project_budgets(current_user(request)))

    def links(self, data: Any) -> Links:
        return [(str(row["wishlist_id"]), reverse("budget", args=[row["wishlist_id"]])) for row in data]


class BudgetViewSet(LinkedViewSet):
    """Your budget for a list. Nobody else can see it."""

    token_access = GIVING
    one = _("My budget")
    queryset = Budget.objects.none()
    serializer_class = BudgetInputSerializer

    @extend_schema(responses=BudgetSerializer)
    def retrieve(self, request: Request, wishlist_id: UUID) -> Response:
        """Get your budget for this list with what is planned and bought. Without a budget, `amount` is null."""
        return Response(project_budget(self._list(wishlist_id)))

    @extend_schema(responses=BudgetSerializer)
    def update(self, request: Request, wishlist_id: UUID) -> Response:
        """Set your budget for this list."""
        viewpoint = self._list(wishlist_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        set_budget(wishlist=viewpoint.wishlist, by=current_user(request), **serializer.validated_data)
        return Response(project_budget(viewpoint))

    partial_update = update

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, wishlist_id: UUID) -> Response:
        """Remove your budget for this list."""
        clear_budget(wishlist=self._list(wishlist_id).wishlist, by=current_user(request))
        return Response(status=HTTP_204_NO_CONTENT)

    def links(self, data: Any) -> Links:
        return from_list(self.kwargs["wishlist_id"])

    def _list(self, wishlist_id: UUID) -> Viewpoint:
        return visible_list(self.request, wishlist_id).require_giver()


class MyGiftsTableView(APIView):
    """Your reservations and contributions as a table."""

    token_access = GIVING
    renderer_classes = (CsvRenderer, OrjsonRenderer, ProblemRenderer)
    csv_columns = COLUMNS

    @extend_schema(
        operation_id="reservations_csv",
        parameters=PARAMETERS,
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Response:
        """Get your reservations and contributions as CSV, one line each, newest first."""
        rows = my_gifts_table(viewer_of(request), request.GET)
        headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"', "Cache-Control": "no-store"}
        return Response(rows, headers=headers)

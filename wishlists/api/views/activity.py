"""API view of a list's history as CSV, for its owner."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import READING_LISTS
from core.api.csv_answers import CsvRenderer
from core.api.renderers import OrjsonRenderer, ProblemRenderer
from wishlists.api.lookups import owned_list
from wishlists.models.viewers import Sight
from wishlists.queries.activity import project_named_log, readable_log
from wishlists.refusals import NotRevealed


class LogTableView(APIView):
    """The whole history with names. Owners who are recipients get it after the reveal."""

    token_access = READING_LISTS
    renderer_classes = (CsvRenderer, OrjsonRenderer, ProblemRenderer)
    csv_columns = ("created_at", "kind", "who", "item")

    @extend_schema(operation_id="wishlists_activity_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, wishlist_id: UUID) -> Response:
        """Get the history as CSV, oldest first. 409 `not_revealed` while the owner can't see who gives what."""
        viewpoint = owned_list(request, wishlist_id)
        if viewpoint.sight is not Sight.FULL:
            raise NotRevealed
        rows = project_named_log(readable_log(viewpoint).reverse(), viewpoint.wishlist)
        name = f'attachment; filename="log-{wishlist_id}.csv"'
        return Response(rows, headers={"Content-Disposition": name, "Cache-Control": "no-store"})

"""Answers that are rows of projections and nothing else: what no projection has shown is refused before it is spelled."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.retrying import REPLAYED_HEADER
from core.projections.fields import refuse_undeclared


class ShownAnswersView(APIView):
    answers_are_rows = True
    """False for a view that answers with something else, which says why."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Refusals and OPTIONS say nothing of a row, and what is replayed was shown before."""
        is_told = not response.exception and request.method != "OPTIONS"
        if self.answers_are_rows and is_told and REPLAYED_HEADER not in response:
            refuse_undeclared({"answer": response.data})
        return super().finalize_response(request, response, *args, **kwargs)

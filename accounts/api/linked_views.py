"""The base class of viewsets: writes take effect once per key, and answers are rows of projections."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from rest_framework.viewsets import GenericViewSet

from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView


class LinkedViewSet(ShownAnswersView, RetriedView, GenericViewSet[Any]):
    """`one` and `many` are the headings of the pages, and the words in the path above them."""

    one: Promise | str = ""
    many: Promise | str = ""

    def get_view_name(self) -> str:
        """Return the name of an extra action, or the usual heading."""
        return str(self.name or (self.one if self.detail else self.many))

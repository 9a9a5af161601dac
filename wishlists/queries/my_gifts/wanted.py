"""The filters `?year=`, `?wishlist=`, `?stage=` and `?released=` of "My gifts", for the API and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter

from core.errors.refusals import Refusal
from wishlists.models import Reservation
from wishlists.models.giving import ReservationQuerySet
from wishlists.models.viewers import Viewer
from wishlists.projections.reservations import reservations_of

FIRST_YEAR, LAST_YEAR = 2000, 2999

PARAMETERS = [
    OpenApiParameter("year", int, description="Only from this year, in the time zone of the site."),
    OpenApiParameter("wishlist", {"type": "string", "format": "uuid"}, description="Only from this list."),
    OpenApiParameter(
        "stage", str, enum=list(Reservation.Stage.values), description="Only reservations at this stage."
    ),
    OpenApiParameter("released", bool, description="true: cancelled and expired reservations instead."),
]


class BadFilter(Refusal):
    status_code = 400
    default_code = "bad_filter"
    default_detail = _(
        "year must be a number such as 2026, wishlist the id of a list, stage one of reserved, ordered, "
        "arrived, wrapped and given, and released true or false."
    )


class _Filter(forms.Form):
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    wishlist = forms.UUIDField(required=False)
    stage = forms.ChoiceField(choices=[("", ""), *Reservation.Stage.choices], required=False)
    released = forms.ChoiceField(choices=[(word, word) for word in ("", "true", "false")], required=False)


@dataclass(frozen=True)
class Wanted:
    """A parsed filter. None, "" and False mean that the filter is not set."""

    year: int | None = None
    wishlist: UUID | None = None
    stage: str = ""
    released: bool = False

    def reservations_of(self, giver: Viewer) -> ReservationQuerySet:
        columns = {"created_at__year": self.year, "item__wishlist": self.wishlist, "stage": self.stage}
        wanted = {column: value for column, value in columns.items() if value}
        return reservations_of(giver, released=self.released).filter(**wanted)


def wanted_by(asked: Mapping[str, str]) -> Wanted:
    form = _Filter(asked)
    if not form.is_valid():
        raise BadFilter
    return Wanted(**form.cleaned_data | {"released": form.cleaned_data["released"] == "true"})

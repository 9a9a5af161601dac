"""The forms of "My gifts". A guest's page has those of a gift, too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from core.pages.edit_forms import EditForm
from core.text.text_form_fields import RawTextFormField
from wishlists.bounds import MAX_QUANTITY
from wishlists.models import Reservation
from wishlists.web.forms.lists import money_field, typed_minor


class GiftForm(EditForm):
    """A button of a reservation: a stage, or one of `ACTIONS`. Only `units` writes the quantity."""

    ACTIONS = ("units", "release", "again")

    action = forms.ChoiceField(choices=[(name, name) for name in (*Reservation.Stage.values, *ACTIONS)])
    units = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY, required=False)

    def edits(self) -> bool:
        return str(self.data.get("action")) == "units"


class CheckoutForm(forms.Form):
    """The reservations whose boxes are ticked."""

    ids = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        # The service checks who holds them.
        self.fields["ids"].choices = [(name, name) for name in data.getlist("ids")]  # type: ignore[attr-defined]


class BudgetForm(EditForm):
    """The budget for a list. An empty amount removes it. Templates draw its fields."""

    together = (frozenset({"amount", "currency"}),)

    amount = money_field(required=False)
    currency = RawTextFormField(max_length=3)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["amount_minor"] = typed_minor(self, "amount", cleaned.get("currency", ""))
        return cleaned

"""The forms of the page "My gifts"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from core.pages.edit_forms import EditForm
from core.text.text_form_fields import RawTextFormField
from wishlists.models import Reservation
from wishlists.web.forms.lists import money_field, typed_minor


class ReservationForm(forms.Form):
    """A button at a reservation: a stage, or one of these."""

    ACTIONS = ("release", "again")

    action = forms.ChoiceField(choices=[(name, name) for name in (*Reservation.Stage.values, *ACTIONS)])


class CheckoutForm(forms.Form):
    """The boxes that were ticked."""

    ids = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        # Whose they are is the service's to ask.
        self.fields["ids"].choices = [(name, name) for name in data.getlist("ids")]  # type: ignore[attr-defined]


class BudgetForm(EditForm):
    """How much to spend on a list; empty for no budget. The page draws its fields itself."""

    together = (frozenset({"amount", "currency"}),)

    amount = money_field(required=False)
    currency = RawTextFormField(max_length=3)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["amount_minor"] = typed_minor(self, "amount", cleaned.get("currency", ""))
        return cleaned

"""The form of a shared list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text.text_form_fields import LineFormField
from wishlists.bounds import MAX_QUANTITY


class ThingForm(forms.Form):
    """Add a thing. Its other fields are on the page for editing it."""

    title = LineFormField(
        label=_("What do you need?"),
        max_length=512,
        widget=forms.TextInput({"autocomplete": "off", "enterkeyhint": "done"}),
    )
    quantity = forms.IntegerField(label=_("Quantity"), required=False, min_value=1, max_value=MAX_QUANTITY)

    def fields_of_item(self) -> dict[str, Any]:
        """Return the arguments for the service."""
        return dict(self.cleaned_data)

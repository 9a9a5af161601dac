"""The forms of chipping in together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.text.text_form_fields import LinesFormField
from core.time.days import start_of_day
from core.time.moments import format_zone
from wishlists.bounds import MAX_MESSAGE
from wishlists.models import Item
from wishlists.web.forms.lists import money_field, typed_minor
from wishlists.web.forms.widgets import currency_field


class CollectForm(forms.Form):
    """Open a collection. The last day is counted where the list is, and counts whole."""

    item = forms.ChoiceField(label=_("What for?"), required=False)
    target = money_field(label=_("Target amount"), required=False, help_text=_("Leave empty for no target."))
    currency = currency_field(
        help_text=_("For a wish, the currency of its contributions or its price is used.")
    )
    last_day = forms.DateField(
        label=_("Deadline (optional)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    note = LinesFormField(
        label=_("Message to the others"),
        required=False,
        max_length=MAX_MESSAGE,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(
        self, *args: Any, items: list[Item], pot_currency: str = "", time_zone: str, **kwargs: Any
    ) -> None:
        """`items`: from `with_counted_currency()`. `pot_currency`: in which money for the whole list is counted."""
        super().__init__(*args, **kwargs)
        self._currencies = {str(item.pk): item.counted_currency for item in items}
        self._time_zone = time_zone
        self.fields["last_day"].help_text = _(
            "If the target isn't reached by the end of this day (%(zone)s), pledges are cancelled."
        ) % {"zone": format_zone(time_zone)}
        choices = [("", _("Group pot")), *((str(item.pk), item.title) for item in items)]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]
        self.fields["currency"].initial = pot_currency or settings.DEFAULT_CURRENCY

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("item") or None
        currency = self._currencies.get(chosen or "", cleaned.get("currency") or settings.DEFAULT_CURRENCY)
        minor = typed_minor(self, "target", currency)
        if minor == 0:
            self.add_error("target", _("Enter an amount above zero."))
        return cleaned | {"currency": currency, "target_minor": minor, "item_id": chosen}

    def clean_last_day(self) -> Any:
        """The moment at which that day is over."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        try:
            ends = start_of_day(day + timedelta(days=1), self._time_zone)
        except OverflowError:
            ends = None
        if ends is None or ends <= timezone.now():
            raise forms.ValidationError(_("Choose today or a later day."))
        return ends

    def fields_of_collection(self) -> dict[str, Any]:
        """What the services take."""
        cleaned = self.cleaned_data
        names = ("item_id", "target_minor", "currency", "note")
        return {name: cleaned[name] for name in names} | {"deadline_at": cleaned["last_day"]}


class FundForm(forms.Form):
    """Money into what somebody collects for: an amount, or all that is missing."""

    amount = money_field(required=False)
    rest = forms.BooleanField(required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency = currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        minor = None if cleaned.get("rest") else typed_minor(self, "amount", self._currency)
        if not cleaned.get("rest") and not minor and "amount" not in self.errors:
            self.add_error("amount", _("Enter an amount above zero."))
        return cleaned | {"amount_minor": minor}

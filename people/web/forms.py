"""The forms of people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from core.pages.edit_forms import EditForm
from core.text.text_form_fields import LineFormField, LinesFormField
from core.text.typed_text import one_line
from people.birthdays import FIRST_YEAR, NoBirthday, birthday_of
from people.bounds import MAX_REMIND_DAYS, MAX_SIZE, MAX_SIZE_NAME, MAX_SIZES, MAX_TEXT
from people.models import MAX_NAME, Person

BAD_SIZES = _("Enter one size per line, such as “Shoes: 42”. There can be 20 of them.")


def _months() -> list[tuple[str, Any]]:
    return [("", "—"), *((str(number), name) for number, name in MONTHS.items())]


def _text(label: Any, **options: Any) -> LinesFormField:
    widget = forms.Textarea({"rows": 2})
    return LinesFormField(label=label, required=False, max_length=MAX_TEXT, widget=widget, **options)


class PersonForm(forms.Form):
    """Somebody to whom you give. Only the name is required."""

    name = LineFormField(
        label=_("Name"), max_length=MAX_NAME, widget=forms.TextInput({"autocomplete": "off"})
    )
    birth_day = forms.IntegerField(label=_("Day"), required=False, min_value=1, max_value=31)
    birth_month = forms.ChoiceField(label=_("Month"), required=False, choices=_months)
    birth_year = forms.IntegerField(label=_("Year"), required=False, min_value=FIRST_YEAR, max_value=9999)
    remind_days = forms.IntegerField(
        label=_("Remind me (days before the birthday)"),
        required=False,
        min_value=0,
        max_value=MAX_REMIND_DAYS,
        initial=14,
        help_text=_("Leave empty for no reminder."),
    )
    sizes = _text(_("Sizes"), help_text=_("One per line, such as “Shoes: 42”."))
    likes = _text(_("Likes"))
    dislikes = _text(_("Doesn't like"))
    notes = _text(_("Notes"))

    def clean_sizes(self) -> dict[str, str]:
        lines = filter(None, map(str.strip, self.cleaned_data["sizes"].splitlines()))
        pairs = [
            (one_line(name), one_line(size)) for name, _colon, size in (line.partition(":") for line in lines)
        ]
        good = all(
            name and len(name) <= MAX_SIZE_NAME and size and len(size) <= MAX_SIZE for name, size in pairs
        )
        if not good or len(pairs) > MAX_SIZES:
            raise forms.ValidationError(BAD_SIZES)
        return dict(pairs)

    def clean(self) -> dict[str, Any]:
        """Put the three parts of the birthday together, as `birthday`."""
        cleaned = super().clean() or self.cleaned_data
        parts = [cleaned.get(name) for name in ("birth_year", "birth_month", "birth_day")]
        if not any(parts):
            return {**cleaned, "birthday": ""}
        year, month, day = (int(part) if part else None for part in parts)
        try:
            if month is None or day is None:
                raise NoBirthday
            birthday = str(birthday_of(year, month, day, today=timezone.localdate()))
        except NoBirthday:
            self.add_error("birth_day", _("Enter a day and a month. The birthday can't be in the future."))
            return cleaned
        return {**cleaned, "birthday": birthday}

    def fields_of_person(self) -> dict[str, Any]:
        """Return the arguments for the service."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("birth_")}

    @staticmethod
    def values_of(person: Person) -> dict[str, Any]:
        born = person.born
        return {
            **{name: getattr(person, name) for name in ("name", "remind_days", "likes", "dislikes", "notes")},
            "sizes": "\n".join(f"{name}: {size}" for name, size in person.sizes.items()),
            "birth_day": born.day if born else None,
            "birth_month": str(born.month) if born else "",
            "birth_year": born.year if born else None,
        }


class PersonEditForm(EditForm, PersonForm):
    """Edit a person."""

    together = (frozenset({"birth_day", "birth_month", "birth_year"}),)

    def fields_of_person(self) -> dict[str, Any]:
        """Return the fields that were changed."""
        return self.only_edited(
            super().fields_of_person(), ["birthday"] if "birth_day" in self.edited else []
        )

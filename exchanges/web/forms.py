"""The forms of exchanges."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import display_name_field
from core.mailboxes.address_fields import AddressFormField
from core.pages.edit_forms import EditForm
from core.text.text_form_fields import LineFormField, LinesFormField, RawTextFormField
from core.text.typed_text import one_line
from exchanges.bounds import CODE_DIGITS, MAX_PARTICIPANTS, MAX_TEXT
from wishlists.web.forms.lists import money_field, text_field, typed_minor
from wishlists.web.forms.widgets import currency_field

COUPLE, ONE_WAY = "couple", "one_way"
_CODE_ATTRIBUTES = {"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]*"}


class _MoneyForm(forms.Form):
    """Fields that an exchange has from its start."""

    title = LineFormField(
        label=_("What's the occasion?"),
        max_length=120,
        widget=forms.TextInput({"placeholder": _("Christmas with the family"), "autocomplete": "off"}),
    )
    day = forms.DateField(
        label=_("Day of the exchange"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    budget = money_field(label=_("Budget for a gift"), required=False)
    currency = currency_field()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        currency = cleaned.get("currency") or settings.DEFAULT_CURRENCY
        cleaned["currency"] = currency
        cleaned["budget_minor"] = typed_minor(self, "budget", currency)
        return cleaned


class NewExchangeForm(_MoneyForm):
    """An exchange with the names of those who take part."""

    names = LinesFormField(
        label=_("Who takes part?"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6, "placeholder": _("Gran\nWalter walter@example.com")}),
        help_text=_(
            "One name per line. With an e-mail address behind the name, we send a private link. Everybody else gets "
            "a link or QR code from you, or looks at your phone."
        ),
    )
    with_me = forms.BooleanField(label=_("I take part, too"), required=False, initial=True)

    def clean_names(self) -> list[dict[str, str]]:
        """Read names and addresses."""
        lines = list(filter(None, map(one_line, self.cleaned_data["names"].splitlines())))
        if len(lines) > MAX_PARTICIPANTS:
            raise ValidationError(_("At most 100 people can take part."))
        return [self._read(line) for line in lines]

    def _read(self, line: str) -> dict[str, str]:
        name, _space, last = line.rpartition(" ")
        typed = last.strip("<>()")
        try:
            if "@" in typed:
                address = AddressFormField().clean(typed)
                return {
                    "name": display_name_field().clean(name.strip(" ,;:") or typed.partition("@")[0]),
                    "email": address,
                }
            return {"name": display_name_field().clean(line), "email": ""}
        except ValidationError as error:
            raise ValidationError(f"{line}: {error.messages[0]}") from error

    def fields_of_exchange(self) -> dict[str, Any]:
        """Return the arguments for the service."""
        given = {name: self.cleaned_data[name] for name in ("title", "day", "budget_minor", "currency")}
        return {**given, "participants": self.cleaned_data["names"]}


class ExchangeForm(EditForm, _MoneyForm):
    """Edit an exchange."""

    together = (frozenset({"budget", "currency"}),)
    note = text_field(_("Note for everybody"))
    previous_id = forms.ChoiceField(
        label=_("Avoid the pairs of"),
        required=False,
        help_text=_("The draw avoids that somebody gives to the same person again, where it can."),
    )

    def __init__(self, *args: Any, earlier: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["previous_id"]).choices = [("", "—"), *earlier]

    def fields_of_exchange(self) -> dict[str, Any]:
        """Return the fields that were changed."""
        given = {**self.cleaned_data, "previous_id": self.cleaned_data.get("previous_id") or None}
        given.pop("budget", None)
        return self.only_edited(given, ["budget_minor"] if "budget" in self.edited else [])


class ParticipantForm(forms.Form):
    name = display_name_field()
    email = AddressFormField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Without it, you hand them a link, or your phone."),
    )


class ExclusionForm(forms.Form):
    giver_id = forms.ChoiceField(label=_("This person"))
    receiver_id = forms.ChoiceField(label=_("and this one"))
    kind = forms.ChoiceField(
        label=_("never give"),
        choices=[(COUPLE, _("to each other")), (ONE_WAY, _("the first to the second"))],
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("giver_id", "receiver_id"):
            cast("forms.ChoiceField", self.fields[name]).choices = people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("giver_id") and cleaned.get("giver_id") == cleaned.get("receiver_id"):
            self.add_error("receiver_id", _("Choose two different people."))
        return cleaned


class OneselfForm(EditForm):
    """What a participant says of themselves. Without an account they have no lists."""

    wishes = LinesFormField(
        label=_("What would you like?"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Only the person who draws you reads this."),
    )
    wishlist_id = forms.ChoiceField(
        label=_("Your list"), required=False, help_text=_("The person who draws you gets its public link.")
    )

    def __init__(self, *args: Any, lists: list[tuple[str, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not lists:
            del self.fields["wishlist_id"]
        else:
            cast("forms.ChoiceField", self.fields["wishlist_id"]).choices = [("", "—"), *lists]


class JoinForm(forms.Form):
    """Join an exchange. Somebody with an account has a name already."""

    name = display_name_field()
    wishes = OneselfForm.base_fields["wishes"]

    def __init__(self, *args: Any, asks_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_name:
            del self.fields["name"]


def _code_field(label: Any, **options: Any) -> RawTextFormField:
    least, most = CODE_DIGITS
    return RawTextFormField(
        label=label, min_length=least, max_length=most, widget=forms.TextInput(_CODE_ATTRIBUTES), **options
    )


class LinkCodeForm(forms.Form):
    """Choose a code for a private link."""

    new_code = _code_field(_("A code that only you know (4 to 8 digits)"))

    def clean_new_code(self) -> str:
        typed = str(self.cleaned_data["new_code"])
        if typed and not (typed.isascii() and typed.isdecimal()):
            raise ValidationError(_("Use digits only."))
        return typed


class ShowForm(LinkCodeForm):
    """Show the draw: with the code that was chosen, or with a new one."""

    code = _code_field(_("Your code"), required=False)
    new_code = _code_field(_("Choose a code, if you want to look again (4 to 8 digits)"), required=False)

    def __init__(self, *args: Any, has_code: bool, may_choose: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_code:
            del self.fields["code"]
        if has_code or not may_choose:
            del self.fields["new_code"]

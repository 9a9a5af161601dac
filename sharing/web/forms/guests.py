"""Forms of a guest's private page and of group gifts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import display_name_field
from core.mailboxes.address_fields import AddressFormField
from core.pages.edit_forms import EditForm
from core.text.text_form_fields import RawTextFormField
from sharing.access.mangled_tokens import unmangled
from wishlists.web.forms.collections import FundForm
from wishlists.web.forms.lists import GuestForm, money_field, typed_minor


class TokenForm(forms.Form):
    """Takes the private link, or the token at its end."""

    token = RawTextFormField(
        label=_("Your private link"), max_length=400, widget=forms.TextInput({"autocomplete": "off"})
    )

    def clean_token(self) -> str:
        return unmangled(str(self.cleaned_data["token"]))


class MoneyForm(EditForm):
    action = forms.ChoiceField(choices=[("save", ""), ("withdraw", "")])
    amount = money_field(required=False)
    paid = forms.BooleanField(required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency = currency

    def edits(self) -> bool:
        return str(self.data.get("action")) == "save"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        minor = typed_minor(self, "amount", self._currency)
        if minor == 0:
            self.add_error("amount", _("Enter an amount above zero."))
        cleaned["amount_minor"] = minor
        return cleaned


class GuestFundForm(GuestForm, FundForm):
    """Chip in to a collection or to the pot. People without an account give a name."""


class NameForm(forms.Form):
    """Ask for a name before showing what is taken."""

    name = display_name_field()
    email = AddressFormField(
        label=_("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "email"})
    )

    def __init__(self, *args: Any, asks_email: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_email:
            self.fields["email"].required = True
        else:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        return {"email": ""} | (super().clean() or self.cleaned_data)


class RenameForm(EditForm):
    """Correct the name that a guest gave."""

    name = display_name_field(error_messages={"required": _("Enter a name so that others know who you are.")})


class CodeForm(forms.Form):
    code = RawTextFormField(
        label=_("6-digit code"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())

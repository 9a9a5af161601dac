"""The forms of signing in with codes, second factors and passkeys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import PasswordFormField
from core.mailboxes.address_fields import MAX_ADDRESS, AddressFormField
from core.text.text_form_fields import LineFormField, RawTextFormField

SIX_DIGITS = _("6-digit code")


def code_field(label: Any = SIX_DIGITS, help_text: Any = "") -> RawTextFormField:
    widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"})
    return RawTextFormField(label=label, max_length=20, widget=widget, help_text=help_text)


class CredentialField(forms.JSONField):
    """What a passkey answers. It is good once, so it is never shown again."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> str:
        return ""


class AddressForm(forms.Form):
    """Any text is accepted as address; one that nobody has gets the same answer."""

    email = RawTextFormField(
        label=_("E-mail address"),
        max_length=MAX_ADDRESS,
        widget=forms.EmailInput({"autocomplete": "username"}),
    )


class AddressCodeForm(AddressForm):
    code = code_field()


class ResetForm(AddressCodeForm):
    password = PasswordFormField(
        label=_("New password"),
        autocomplete="new-password",
        is_new=True,
        help_text=_("At least 8 characters."),
    )


class NewAddressForm(forms.Form):
    email = AddressFormField(
        label=_("New e-mail address"), widget=forms.EmailInput({"autocomplete": "email"})
    )
    password = PasswordFormField(label=_("Your password"), autocomplete="current-password", required=False)


class OneCodeForm(forms.Form):
    code = code_field()


class SecondFactorForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = code_field(
        label=_("Code"), help_text=_("The six digits from your authenticator app, or a recovery code.")
    )


class OwnPasswordForm(forms.Form):
    """The password of somebody who is logged in. Accounts without one leave it empty."""

    password = PasswordFormField(label=_("Your password"), autocomplete="current-password", required=False)


class AppCodeForm(OwnPasswordForm):
    code = code_field(label=_("Code from the app"))


class PasskeyForm(OwnPasswordForm):
    name = LineFormField(label=_("Name of the passkey"), max_length=80)
    credential = CredentialField()


class CredentialForm(forms.Form):
    """The answer of a passkey. A script fills it in (static/js/passkeys.js)."""

    credential = CredentialField()

"""The forms of the account pages. They say what is wrong next to the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import NOT_AN_ADDRESS, looks_like_address


def _password(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **options)


def _new_password(label: Any) -> forms.CharField:
    return _password(label, "new-password", min_length=8, help_text=_("At least 8 characters."))


def _email(autocomplete: str = "email") -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": autocomplete})
    )


def _refuse_address(name: str) -> None:
    if looks_like_address(name):
        raise ValidationError(NOT_AN_ADDRESS, "looks_like_address")


def display_name_field(**options: Any) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "name"})
    return forms.CharField(
        label=_("Your name"), max_length=80, widget=widget, validators=[_refuse_address], **options
    )


class LoginForm(forms.Form):
    email = _email("username")
    password = _password(_("Password"), "current-password")


class RegisterForm(forms.Form):
    display_name = display_name_field(required=False, help_text=_("Others see it. You can change it later."))
    email = _email()
    password = _new_password(_("Password"))


class NameForm(forms.Form):
    display_name = display_name_field()


class _OwnPasswordForm(forms.Form):
    """Asks for the password again: a page left open is not consent."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self._user.check_password(password):
            raise ValidationError(_("This is not your password."), "wrong_password")
        return password


class PasswordForm(_OwnPasswordForm):
    password = _password(_("Your password now"), "current-password")
    new_password = _new_password(_("The new one"))


class LeaveForm(_OwnPasswordForm):
    """Stands on the same page as the form above, so its fields have ids of their own."""

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(user, *args, auto_id="leave_%s")

    password = _password(_("Your password"), "current-password")
    sure = forms.BooleanField(
        label=_("Delete my account, my lists and what I promised. This cannot be undone.")
    )

"""The forms of the account pages. Errors are shown next to the field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.scopes import DESCRIPTIONS, Scope
from accounts.models import User
from accounts.names import NOT_AN_ADDRESS, looks_like_address
from core.mailboxes.address_fields import MAX_ADDRESS, LoginNameFormField
from core.money.money_fields import CURRENCIES
from core.pages.edit_forms import EditForm
from core.pages.long_selects import LongSelect
from core.pictures.remaking import MAX_ZOOM
from core.text.passwords import LONGEST_TYPED, MAX_PASSWORD, MIN_PASSWORD, one_form
from core.text.text_form_fields import LineFormField, RawTextFormField
from core.time.days import zone_choices


class PasswordFormField(RawTextFormField):
    """A password as typed, or with `is_new` in the form that is hashed."""

    def __init__(self, *, autocomplete: str, is_new: bool = False, **options: Any) -> None:
        self._is_new = is_new
        least, most = (MIN_PASSWORD, MAX_PASSWORD) if is_new else (None, LONGEST_TYPED)
        widget = forms.PasswordInput({"autocomplete": autocomplete})
        super().__init__(strip=False, min_length=least, max_length=most, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return one_form(typed) if self._is_new and len(typed) <= LONGEST_TYPED else typed

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out `maxlength`: the browser would count the typed form, which may be longer than the hashed one."""
        attrs = super().widget_attrs(widget)
        return {name: value for name, value in attrs.items() if name != "maxlength"}


def _password(label: Any, autocomplete: str) -> PasswordFormField:
    return PasswordFormField(label=label, autocomplete=autocomplete)


def _new_password(label: Any) -> PasswordFormField:
    return PasswordFormField(
        label=label, autocomplete="new-password", is_new=True, help_text=_("At least 8 characters.")
    )


def _slider(most: float, *, least: float = 0) -> forms.NumberInput:
    return forms.NumberInput({"type": "range", "min": least, "max": most, "step": "0.01"})


def _refuse_address(name: str) -> None:
    if looks_like_address(name):
        raise ValidationError(NOT_AN_ADDRESS, "looks_like_address")


def display_name_field(**options: Any) -> LineFormField:
    widget = forms.TextInput({"autocomplete": "name"})
    return LineFormField(
        label=_("Your name"), max_length=80, widget=widget, validators=[_refuse_address], **options
    )


class LoginForm(forms.Form):
    """The log-in form. It accepts any text as address; an invalid one gets the same answer as an unknown one."""

    email = RawTextFormField(
        label=_("E-mail address or user name"),
        max_length=MAX_ADDRESS,
        widget=forms.TextInput({"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"}),
    )
    password = _password(_("Password"), "current-password")


class RegisterForm(forms.Form):
    display_name = display_name_field(
        required=False, help_text=_("Other people see this name. You can change it later.")
    )
    email = LoginNameFormField(
        label=_("E-mail address or user name"),
        widget=forms.TextInput({"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}),
        help_text=_(
            "A user name is for people without an address, such as children. They get no e-mail, so keep the "
            "password: nobody can send a new one."
        ),
    )
    password = _new_password(_("Password"))


class PictureForm(forms.Form):
    """A picture, and which square of it to keep. A small script shows it while the sliders move (static/js/picture.js)."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at most 5 MB."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    zoom = forms.FloatField(
        label=_("Zoom"), min_value=1, max_value=MAX_ZOOM, initial=1, widget=_slider(MAX_ZOOM, least=1)
    )
    left = forms.FloatField(
        label=_("Left or right"), min_value=0, max_value=1, initial=0.5, widget=_slider(1)
    )
    top = forms.FloatField(label=_("Up or down"), min_value=0, max_value=1, initial=0.5, widget=_slider(1))


class NameForm(EditForm):
    display_name = display_name_field()


class ReadingForm(EditForm):
    """Language, time zone and currency. An empty choice leaves them to the browser, the list or the site."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: [("", _("As my browser asks")), *settings.LANGUAGES],
        help_text=_("Of pages and mails."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("That of the list or site")), *zone_choices()],
        widget=LongSelect,
        help_text=_("Pages and mails show times in this zone, and name it."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=lambda: [("", _("That of this site")), *CURRENCIES],
        widget=LongSelect,
        help_text=_("What is offered for new wishes on your lists."),
    )

    @staticmethod
    def values_of(user: User) -> dict[str, str]:
        return {name: getattr(user, name) for name in ReadingForm.base_fields}


class PasswordForm(forms.Form):
    """The form to change the password. It asks for the current one, because a page may have been left open."""

    password = _password(_("Current password"), "current-password")
    new_password = _new_password(_("New password"))


class SetPasswordForm(forms.Form):
    """The form to set a password by a mailed link. Users type it once, because they can make it visible."""

    password = _new_password(_("New password"))


class LeaveForm(forms.Form):
    """The form to delete the account. It is on the same page as PasswordForm, so its fields need other ids."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="leave_%s")

    password = _password(_("Your password"), "current-password")
    sure = forms.BooleanField(
        label=_("Delete my account, my lists and my reservations. This can't be undone.")
    )


class NewTokenForm(forms.Form):
    """A new API token. Its secret is shown once, after the form was sent."""

    DAYS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("one year")), ("", _("until I revoke it")))

    name = LineFormField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("What the token is for, so that you recognise it later."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope.value, text) for scope, text in DESCRIPTIONS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Choose as little as the program needs. No token can change your password or make tokens."
        ),
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=DAYS, required=False, initial="90")

    def wanted(self) -> dict[str, Any]:
        """Return the arguments for the new token."""
        given = self.cleaned_data
        expires_at = timezone.now() + timedelta(days=int(given["days"])) if given["days"] else None
        scopes = [Scope(scope) for scope in given["scopes"]]
        return {"name": given["name"], "scopes": scopes, "expires_at": expires_at}

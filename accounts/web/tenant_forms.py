"""Forms with which administrators manage people and tenants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.web.forms import display_name_field
from core.mailboxes.address_fields import AddressFormField
from core.pages.edit_forms import EditForm
from core.text.text_form_fields import LineFormField

ROLES = [
    (User.TenantRole.MEMBER.value, _("use the site")),
    (User.TenantRole.ADMIN.value, _("also manage people")),
]


def _role() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("They can"), choices=ROLES)


def _address() -> AddressFormField:
    return AddressFormField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "off"}))


class FindPeopleForm(forms.Form):
    search = LineFormField(
        label=_("Name or e-mail address"), max_length=200, required=False, widget=forms.SearchInput()
    )


class NewPersonForm(forms.Form):
    display_name = display_name_field()
    email = _address()
    tenant_role = _role()


class PersonForm(EditForm):
    display_name = display_name_field()
    tenant_role = _role()


class NewTenantForm(forms.Form):
    name = LineFormField(label=_("Name"), max_length=120)
    admin_name = display_name_field()
    admin_email = _address()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["admin_name"].label = _("Name of the administrator")
        self.fields["admin_email"].label = _("E-mail address of the administrator")


class TenantForm(EditForm):
    name = LineFormField(label=_("Name"), max_length=120)
    slug = LineFormField(label=_("Short name"), max_length=60, validators=[validate_slug])

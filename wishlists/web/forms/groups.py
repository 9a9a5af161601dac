"""Forms of groups, and for sharing a list with one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Group, GroupMember
from core.pages.edit_forms import EditForm
from core.text.text_form_fields import LineFormField
from wishlists.web.forms.lists import ROLE_CHOICES


def _name_field() -> LineFormField:
    return LineFormField(
        label=_("Name of the group"), max_length=80, widget=forms.TextInput({"autocomplete": "off"})
    )


class NewGroupForm(forms.Form):
    name = _name_field()


class GroupNameForm(EditForm):
    name = _name_field()


class GroupPersonForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("They can"),
        choices=[
            (GroupMember.Role.MEMBER, _("see what is shared with the group")),
            (GroupMember.Role.ADMIN, _("also add and remove people")),
        ],
    )


class ShareWithGroupForm(forms.Form):
    """Choose one of the groups of the person who shares."""

    group_id = forms.ChoiceField(label=_("Group"))
    role = forms.ChoiceField(label=_("They can"), choices=ROLE_CHOICES)

    def __init__(self, *args: Any, groups: Iterable[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["group_id"])
        field.choices = [(str(group.pk), group.name) for group in groups]

"""The model form of the admin: it writes only the fields that were edited (core/pages/edit_forms.py)."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.forms import ModelForm

from core.pages.edit_forms import EditForm

M = TypeVar("M", bound=Model)


class EditModelForm(EditForm, ModelForm[M]):
    """Writes the fields that were edited on the page, and shows what somebody else changed in the meantime."""

    @property
    def changed_data(self) -> list[str]:
        """Return the names of the edited fields, in the order of the form."""
        return [name for name in self.fields if name in self.edited]

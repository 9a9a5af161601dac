"""Forms of the admin that change what is there, as all pages do (core/pages/edit_forms.py)."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.forms import ModelForm

from core.pages.edit_forms import EditForm

M = TypeVar("M", bound=Model)


class EditModelForm(EditForm, ModelForm[M]):
    """Writes what was changed on the page, and shows what somebody else changed meanwhile."""

    @property
    def changed_data(self) -> list[str]:
        """In the order of the form."""
        return [name for name in self.fields if name in self.edited]

"""Model fields for text that people type. They tidy the text with every save, in services and imports too.

Migrations see them as plain columns. Blank texts are refused by form and serializer fields, where a person reads the error.
An old row with a blank text can still be saved.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from core.text.text_form_fields import LineFormField, LinesFormField
from core.text.typed_text import many_lines, one_line


class LineColumn(models.CharField[str, str]):
    """A column for one line, such as a name or a title."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Tidy the text before Django checks whether it is blank. `createsuperuser` calls this without a form."""
        return super().clean(one_line(value) if isinstance(value, str) else value, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return _tidied(self, model_instance, one_line)

    def formfield(self, **options: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": LineFormField} | options)


class LinesColumn(models.TextField[str, str]):
    """A column for several lines, such as a description or a message."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.TextField", args, options

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(many_lines(value) if isinstance(value, str) else value, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return _tidied(self, model_instance, many_lines)

    def formfield(self, **options: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": LinesFormField} | options)


def _tidied(column: models.Field[Any, Any], row: models.Model, tidy: Any) -> Any:
    """Tidy the value, set it on the row, and return it. A lazy translation becomes text first."""
    typed = getattr(row, column.attname)
    if typed is None or hasattr(typed, "resolve_expression"):
        return typed
    setattr(row, column.attname, tidy(str(typed)))
    return getattr(row, column.attname)

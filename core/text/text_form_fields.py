"""Form fields for text, on pages and in the admin: one line, many lines, or text for programs."""

from __future__ import annotations

from typing import Any

from django import forms

from core.text.typed_text import is_too_long, many_lines, one_line


class LineFormField(forms.CharField):
    """One line with something visible, such as a name or a title. Invisible characters are removed."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return typed if is_too_long(typed, self.max_length) else self.tidy(typed)

    def tidy(self, typed: str) -> str:
        return one_line(typed)


class LinesFormField(LineFormField):
    """Several lines, such as a description or a message. Line breaks become \\n."""

    widget = forms.Textarea

    def tidy(self, typed: str) -> str:
        return many_lines(typed)


class RawTextFormField(forms.CharField):
    """Text for programs, such as a token, a code, an amount or an address. It is not changed."""

"""Fields for text on pages and in the admin. Each says whether it holds one line, many lines, or text for programs."""

from __future__ import annotations

from typing import Any

from django import forms

from core.text.typed_text import is_too_long, many_lines, one_line


class LineFormField(forms.CharField):
    """A name or a title: one line, of which something shows. What nobody sees is taken out."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return typed if is_too_long(typed, self.max_length) else self.tidy(typed)

    def tidy(self, typed: str) -> str:
        return one_line(typed)


class LinesFormField(LineFormField):
    """A description or a message: its lines stay, ended by \\n."""

    widget = forms.Textarea

    def tidy(self, typed: str) -> str:
        return many_lines(typed)


class RawTextFormField(forms.CharField):
    """Text for programs: a token, a code, an amount, an address. It is read or compared, and stays as it was typed."""

"""Fields for text in the API. Each says whether it holds one line, many lines, or text for programs.

A test (`tests/house/test_typed_text.py`) names every field of a request that says none of it.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.text.typed_text import is_too_long, many_lines, one_line


class LineField(serializers.CharField):
    """A name or a title: one line, of which something shows. What nobody sees is taken out."""

    def to_internal_value(self, data: Any) -> str:
        typed: str = super().to_internal_value(data)
        if is_too_long(typed, self.max_length):
            return typed
        return self.kept(self.tidy(typed))

    def tidy(self, typed: str) -> str:
        return one_line(typed)

    def kept(self, tidy: str) -> str:
        if not tidy and not self.allow_blank:
            self.fail("blank")
        return tidy


class LinesField(LineField):
    """A description or a message: its lines stay, ended by \\n."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("style", {"base_template": "textarea.html", "rows": 3})
        super().__init__(**options)

    def tidy(self, typed: str) -> str:
        return many_lines(typed)


class RawTextField(serializers.CharField):
    """Text for programs: a token, a code, an address. It is compared or followed, and stays as it came."""

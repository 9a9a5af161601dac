"""Serializer fields for text: one line, many lines, or text for programs.

A test (`tests/house/test_typed_text.py`) reports every text field of a request that is none of these.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.text.typed_text import is_too_long, many_lines, one_line


class LineField(serializers.CharField):
    """One line with something visible, such as a name or a title. Invisible characters are removed."""

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
    """Several lines, such as a description or a message. Line breaks become \\n."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("style", {"base_template": "textarea.html", "rows": 3})
        super().__init__(**options)

    def tidy(self, typed: str) -> str:
        return many_lines(typed)


class RawTextField(serializers.CharField):
    """Text for programs, such as a token, a code or an address. It is not changed."""

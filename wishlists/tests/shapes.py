"""Compares answers of the API with the serializers that document them."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import ListField, ListSerializer, Serializer


def agrees(answer: Any, serializer: type[Serializer[Any]]) -> None:
    """The same names, and what is null is said to be allowed to."""
    fields = serializer().fields
    assert set(answer) == set(fields)
    for name, field in fields.items():
        value = answer[name]
        assert value is not None or field.allow_null, f"{name} is null"
        if isinstance(field, Serializer) and value is not None:
            agrees(value, type(field))
        elif isinstance(field, ListSerializer | ListField) and isinstance(field.child, Serializer):
            for row in value:
                agrees(row, type(field.child))

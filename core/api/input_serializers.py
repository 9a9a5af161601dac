"""Base classes for input: fields that can be emptied with null, and optional texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from core.api.unknown_fields import KnownFieldsSerializer
from core.text.text_fields import LineField, LinesField

OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


class InputSerializer(KnownFieldsSerializer):
    """Null empties the fields named in `emptied`, and leaves other fields unchanged."""

    emptied: ClassVar[Mapping[str, Any]] = {}
    """The value that null stands for: "" for texts, as in the database, and None for everything else."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().to_internal_value(data)
        return {
            name: self.emptied[name] if value is None else value
            for name, value in given.items()
            if value is not None or name in self.emptied
        }


class OptionalLines(LinesField):
    """Text with several lines. `""` equals null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"allow_blank": True} | OPTIONAL | options))


class OptionalLine(LineField):
    """Text in one line. `""` equals null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"allow_blank": True} | OPTIONAL | options))

"""Base classes for input: fields that can be emptied with null, and limits for texts and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.unknown_fields import KnownFieldsSerializer
from core.text.text_fields import LineField, LinesField, RawTextField
from wishlists.bounds import MAX_ADDRESS, MAX_ADDRESSES, MAX_DESCRIPTION, MAX_POSITION, MAX_TOKEN

_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


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


class OptionalText(LinesField):
    """Text with several lines. `""` equals null."""

    def __init__(self, *, max_length: int = MAX_DESCRIPTION, **options: Any) -> None:
        super().__init__(max_length=max_length, **({"allow_blank": True} | _OPTIONAL | options))


class OptionalLine(LineField):
    """Text in one line. `""` equals null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"allow_blank": True} | _OPTIONAL | options))


class OptionalToken(RawTextField):
    """A value that a program made and sends back."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_TOKEN, **({"allow_blank": True} | _OPTIONAL | options))


class WebAddress(RawTextField):
    """The web address of a page or a picture."""

    def __init__(self, **options: Any) -> None:
        known = URLValidator(
            schemes=["http", "https"], message=_("Enter an address that begins with http:// or https://.")
        )
        super().__init__(
            max_length=MAX_ADDRESS,
            validators=[known],
            style={"input_type": "url"},
            **({"allow_blank": True} | _OPTIONAL | options),
        )


class WebAddresses(serializers.ListField):
    """Several web addresses, in order and without repetitions."""

    def __init__(self, **options: Any) -> None:
        child = WebAddress(required=True, allow_null=False, allow_blank=False)
        super().__init__(child=child, max_length=MAX_ADDRESSES, **_OPTIONAL, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class SortNumber(serializers.IntegerField):
    """A position in an order. It may be negative, and fits into the column."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=-MAX_POSITION - 1, max_value=MAX_POSITION, **options)

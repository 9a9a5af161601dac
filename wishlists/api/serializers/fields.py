"""Fields of input, with limits for texts and numbers."""

from __future__ import annotations

from typing import Any

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.input_serializers import OPTIONAL, OptionalLines
from core.api.input_serializers import InputSerializer as InputSerializer
from core.api.input_serializers import OptionalLine as OptionalLine
from core.text.text_fields import RawTextField
from wishlists.bounds import MAX_ADDRESS, MAX_ADDRESSES, MAX_DESCRIPTION, MAX_POSITION, MAX_TOKEN


class OptionalText(OptionalLines):
    """Text with several lines. `""` equals null."""

    def __init__(self, *, max_length: int = MAX_DESCRIPTION, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)


class OptionalToken(RawTextField):
    """A value that a program made and sends back."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_TOKEN, **({"allow_blank": True} | OPTIONAL | options))


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
            **({"allow_blank": True} | OPTIONAL | options),
        )


class WebAddresses(serializers.ListField):
    """Several web addresses, in order and without repetitions."""

    def __init__(self, **options: Any) -> None:
        child = WebAddress(required=True, allow_null=False, allow_blank=False)
        super().__init__(child=child, max_length=MAX_ADDRESSES, **OPTIONAL, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class SortNumber(serializers.IntegerField):
    """A position in an order. It may be negative, and fits into the column."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=-MAX_POSITION - 1, max_value=MAX_POSITION, **options)

"""Fields for new e-mail addresses, in the API and on pages. To look up a user by address, use a plain text field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import EmailValidator
from rest_framework import serializers

from core.mailboxes.address_checks import validate_address
from core.mailboxes.mailbox_forms import tidy_address

MAX_ADDRESS = 254


class AddressField(serializers.EmailField):
    """A serializer field for an address that can receive mail and does not look like another."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_ADDRESS)
        super().__init__(**options)
        others = [validator for validator in self.validators if not isinstance(validator, EmailValidator)]
        self.validators = [*others, validate_address]

    def to_internal_value(self, data: Any) -> str:
        return tidy_address(super().to_internal_value(data))


class AddressFormField(forms.EmailField):
    """A form field for an address that can receive mail and does not look like another."""

    default_validators = [validate_address]

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_ADDRESS)
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return tidy_address(super().to_python(value) or "")

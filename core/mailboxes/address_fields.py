"""Fields for new e-mail addresses, in the API and on pages. To look up a user by address, use a plain text field."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from rest_framework import serializers

from core.mailboxes.address_checks import validate_address
from core.mailboxes.handles import is_handle, validate_handle
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


class LoginNameField(AddressField):
    """A serializer field for a new address or, with `may_be_handle`, a handle."""

    may_be_handle = False

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if not (self.may_be_handle and isinstance(data, str) and is_handle(tidy_address(data))):
            return super().run_validation(data)
        handle = tidy_address(data)
        try:
            validate_handle(handle)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from None
        return handle


class KnownLoginNameField(serializers.EmailField):
    """A serializer field for the address or the handle of somebody who has an account."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_ADDRESS)
        super().__init__(**options)

    def run_validators(self, value: str) -> None:
        if not _could_be_handle(value):
            super().run_validators(value)


def _could_be_handle(value: str) -> bool:
    with suppress(ValidationError):
        validate_handle(value)
        return True
    return False


class KnownLoginNameFormField(forms.EmailField):
    """A form field for the address or the handle of somebody who has an account."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_ADDRESS)
        super().__init__(**options)

    def run_validators(self, value: str) -> None:
        if not _could_be_handle(value):
            super().run_validators(value)


class AddressFormField(forms.EmailField):
    """A form field for an address that can receive mail and does not look like another."""

    default_validators = [validate_address]

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_ADDRESS)
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return tidy_address(super().to_python(value) or "")


class LoginNameFormField(forms.CharField):
    """A form field for a new address or a handle."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_ADDRESS)
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return tidy_address(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            (validate_handle if is_handle(value) else validate_address)(value)

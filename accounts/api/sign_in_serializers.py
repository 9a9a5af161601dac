"""Serializers of input for signing in: one-time codes, password resets, and the own address."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers import AddressSerializer, PasswordField, SecondFactorField, TypedPasswordField
from core.api.unknown_fields import KnownFieldsSerializer
from core.mailboxes.address_fields import MAX_ADDRESS, AddressField
from core.text.passwords import MIN_PASSWORD
from core.text.text_fields import RawTextField


class CodeField(RawTextField):
    """A mailed code. Spaces in it are ignored."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("The six digits from the latest e-mail."))
        super().__init__(max_length=20, **options)


class AddressOnlySerializer(AddressSerializer):
    """Any text is accepted as address; one that nobody has gets the same answer."""

    email = RawTextField(max_length=MAX_ADDRESS)


class AddressCodeSerializer(AddressOnlySerializer):
    code = CodeField()


class LogInByCodeSerializer(AddressCodeSerializer):
    second_factor = SecondFactorField()


class ResetPasswordSerializer(AddressCodeSerializer):
    new_password = PasswordField(min_length=MIN_PASSWORD)


class NewAddressSerializer(KnownFieldsSerializer):
    new_email = AddressField()
    current_password = TypedPasswordField(
        required=False, allow_blank=True, help_text=_("Required if the account has a password.")
    )


class MailedCodeSerializer(KnownFieldsSerializer):
    code = CodeField()


class SentSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["sent"])

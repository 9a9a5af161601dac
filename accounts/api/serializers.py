"""Serializers of input, and of answers for the OpenAPI document only. projections/people.py builds the answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.names import NOT_AN_ADDRESS, looks_like_address
from core.api.unknown_fields import KnownFieldsSerializer
from core.mailboxes.address_fields import MAX_ADDRESS, LoginNameField
from core.money.money_fields import CURRENCIES
from core.pictures.remaking import MAX_ZOOM
from core.text.passwords import LONGEST_TYPED, MAX_PASSWORD, MIN_PASSWORD, one_form
from core.text.text_fields import LineField, RawTextField
from core.time.zone_names import validate_time_zone


class DisplayNameField(LineField):
    """A name that others see. `null` and `""` leave it unchanged."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"max_length": 80, "required": False, "allow_null": True, "allow_blank": True} | options
        )

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if looks_like_address(name):
            raise serializers.ValidationError(NOT_AN_ADDRESS, code="looks_like_address")
        return name


class PasswordField(RawTextField):
    """A new password. It is converted to the form that is hashed, and its length is checked in that form."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_PASSWORD)
        super().__init__(trim_whitespace=False, style={"input_type": "password"}, **options)

    def to_internal_value(self, data: Any) -> str:
        typed = super().to_internal_value(data)
        return typed if len(typed) > LONGEST_TYPED else one_form(typed)


class TypedPasswordField(PasswordField):
    """A password to verify. It stays as typed, because old hashes may be of that form."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_TYPED, **options)

    def to_internal_value(self, data: Any) -> str:
        return serializers.CharField.to_internal_value(self, data)


class SecondFactorField(RawTextField):
    """The second factor of accounts that have one. Others may leave it out, or send anything."""

    def __init__(self, **options: Any) -> None:
        hint = _(
            "Only for accounts with a second factor: a code of the authenticator app, or a recovery code."
        )
        options.setdefault("help_text", hint)
        super().__init__(max_length=20, required=False, allow_blank=True, **options)


_ADDRESS_NAMES = ("email", "identifier", "username")


class AddressSerializer(KnownFieldsSerializer):
    """Reads the address from `email`, or if that is missing from `identifier` or `username`.

    Only the first that is not blank is read, because a client may send a name in another one. Errors are reported under
    the name that was sent.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the fields, followed by the other names for the address, which are only for documentation and forms."""
        hint = _("Accepted instead of email.")
        others = {
            name: RawTextField(max_length=MAX_ADDRESS, required=False, help_text=hint)
            for name in _ADDRESS_NAMES[1:]
        }
        return {**super().get_fields(), **others}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            return super().to_internal_value(data)  # refuses it
        sent = next((name for name in _ADDRESS_NAMES if not _is_blank(data.get(name))), "email")
        renamed = data.copy()
        for name in _ADDRESS_NAMES:
            renamed.pop(name, None)
        if sent in data:
            renamed["email"] = data[sent]
        address = self.fields["email"]
        if isinstance(address, LoginNameField):
            address.may_be_handle = sent != "email"
        try:
            return super().to_internal_value(renamed)
        except serializers.ValidationError as error:
            details: Any = error.detail
            told = {sent if name == "email" else name: detail for name, detail in details.items()}
            raise serializers.ValidationError(told) from None


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


class RegisterSerializer(AddressSerializer):
    """`identifier` and `username` may also be a handle, for people without an e-mail address."""

    email = LoginNameField()
    password = PasswordField(min_length=MIN_PASSWORD)
    display_name = DisplayNameField()


class LoginSerializer(AddressSerializer):
    """The e-mail address may be sent under any of its three names."""

    email = RawTextField(max_length=MAX_ADDRESS)
    password = TypedPasswordField()
    second_factor = SecondFactorField()


class RefreshSerializer(KnownFieldsSerializer):
    refresh_token = RawTextField(max_length=4096)


class TokensSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.ChoiceField(["bearer"])


class PingSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["ok"])


class EditUserSerializer(KnownFieldsSerializer):
    display_name = DisplayNameField()
    avatar_url = RawTextField(
        max_length=2048,
        required=False,
        allow_null=True,
        allow_blank=True,
        validators=[
            URLValidator(
                schemes=["http", "https"], message=_("Enter an address that begins with http:// or https://.")
            )
        ],
        help_text=_("null removes it"),
    )
    language = serializers.ChoiceField(
        settings.LANGUAGES,
        required=False,
        allow_null=True,
        help_text=_("Of pages, mails and errors. null: what the browser asks for."),
    )
    time_zone = RawTextField(
        required=False,
        allow_null=True,
        max_length=64,
        validators=[validate_time_zone],
        help_text=_("In which pages and mails show times. null: that of the list or site."),
    )
    currency = serializers.ChoiceField(
        CURRENCIES,
        required=False,
        allow_null=True,
        help_text=_("What forms offer for new wishes on your lists. null: that of the site."),
    )


class AvatarSerializer(KnownFieldsSerializer):
    """A picture, and which square of it to keep. Without numbers that is the largest square in its middle."""

    file = serializers.FileField(
        max_length=None, help_text=_("JPEG, PNG or WebP, at most 5 MB and 16 megapixels")
    )
    zoom = serializers.FloatField(min_value=1, max_value=MAX_ZOOM, default=1.0)
    left = serializers.FloatField(min_value=0, max_value=1, default=0.5)
    top = serializers.FloatField(min_value=0, max_value=1, default=0.5)


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class UserSelfSerializer(PersonSerializer):
    email = serializers.EmailField(allow_null=True, help_text=_("null for people who log in with a handle."))
    email_verified = serializers.BooleanField(help_text=_("Always true where the site sends no mail."))
    handle = serializers.CharField(
        allow_null=True, help_text=_("What people without an e-mail address log in with.")
    )
    language = serializers.ChoiceField(
        settings.LANGUAGES, allow_null=True, help_text=_("null: what the browser asks for.")
    )
    time_zone = serializers.CharField(allow_null=True, help_text=_("null: that of the list or site."))
    currency = serializers.CharField(allow_null=True, help_text=_("null: that of the site."))
    created_at = serializers.DateTimeField()


class NotificationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    payload = serializers.DictField()
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

"""Serializers of second factors and passkeys. projections/factors.py builds the answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers import TypedPasswordField
from accounts.api.sign_in_serializers import CodeField
from core.api.unknown_fields import KnownFieldsSerializer
from core.text.text_fields import LineField, RawTextField

OF_THE_APP = _("The six digits that the app shows now.")


class CredentialField(serializers.JSONField):
    """What `navigator.credentials` gives, as JSON, with bytes in base64url (`PublicKeyCredential.toJSON()`)."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("This must be an object."), code="not_an_object")
        return super().to_internal_value(data)


class OwnPasswordSerializer(KnownFieldsSerializer):
    current_password = TypedPasswordField(
        required=False, allow_blank=True, help_text=_("Required if the account has a password.")
    )


class AddAppSerializer(OwnPasswordSerializer):
    setup = RawTextField(max_length=2000, help_text=_("As it was in the answer with the secret."))
    code = CodeField(help_text=OF_THE_APP)


class AddPasskeySerializer(OwnPasswordSerializer):
    name = LineField(max_length=80)
    challenge = RawTextField(max_length=80, help_text=_("As it was in the answer with the options."))
    credential = CredentialField()


class RenamePasskeySerializer(KnownFieldsSerializer):
    name = LineField(max_length=80)


class LogInByPasskeySerializer(KnownFieldsSerializer):
    challenge = RawTextField(max_length=80, help_text=_("As it was in the answer with the options."))
    credential = CredentialField()


class PasskeySerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class FactorsSerializer(serializers.Serializer[Any]):
    has_app = serializers.BooleanField()
    passkeys = PasskeySerializer(many=True)
    recovery_codes_left = serializers.IntegerField()


class NewAppSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="To be typed into the app.")
    address = serializers.CharField(help_text="The same for a QR code: `otpauth://…`.")
    setup = serializers.CharField(help_text="To be sent back within ten minutes, with a code of the app.")


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(), help_text="The codes that were not used yet."
    )


class ChallengeSerializer(serializers.Serializer[Any]):
    challenge = serializers.CharField(help_text="To be sent back within ten minutes, with the credential.")
    options = serializers.DictField(help_text="For `navigator.credentials`, with bytes in base64url.")

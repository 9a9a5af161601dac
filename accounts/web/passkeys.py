"""Ask a browser for a passkey, and check what it answers (WebAuthn). The challenge is in the session, and good for one answer.

    ask_for_new_passkey(user) -> options · check_new_passkey(credential) -> credential
    ask_for_passkey(user | None) -> options · check_passkey(request, credential, of=user | None) -> User

A passkey is found by the browser without a user name, and the device checks its owner (by finger, face or PIN). So it is two
factors in one, and logs in without a password.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from fido2.utils import websafe_decode

from accounts.models import User
from accounts.refusals import AddressNotVerified, WrongPasskey


def ask_for_new_passkey(user: User) -> dict[str, Any]:
    if not user.address_counts:
        raise AddressNotVerified
    return dict(auth.begin_registration(user, passwordless=True))


def check_new_passkey(credential: Any) -> dict[str, Any]:
    """Return the credential if it answers the challenge, and its device checked who used it."""
    try:
        auth.parse_registration_response(credential)
        made = auth.complete_registration(credential)
    except (*_MALFORMED, ValidationError) as error:
        raise WrongPasskey from error
    if not made.is_user_verified():
        raise WrongPasskey
    return dict(credential)


def ask_for_passkey(user: User | None) -> dict[str, Any]:
    return dict(auth.begin_authentication(user))


def check_passkey(request: HttpRequest, credential: Any, of: User | None = None) -> User:
    """Return the user whose passkey answered the challenge. With `of`, only theirs is accepted."""
    try:
        answer = auth.parse_authentication_response(credential)
        user = of or _named_by(credential)
        row = auth.complete_authentication(user, credential)
    except (*_MALFORMED, ValidationError) as error:
        raise WrongPasskey from error
    finally:
        auth.clear_state()
    if not answer.response.authenticator_data.is_user_verified() or not user.is_active:
        raise WrongPasskey
    row.last_used_at = timezone.now()
    row.save(update_fields=["last_used_at"])
    return user


_MALFORMED = (TypeError, ValueError, KeyError, AttributeError, IndexError)
"""What the library raises for answers that no browser sends."""


def _named_by(credential: dict[str, Any]) -> User:
    """Return the user that the passkey names. Anybody can write that name; the signature is checked afterwards."""
    handle = UUID(bytes=websafe_decode(credential["response"]["userHandle"]))
    user = User.objects.filter(pk=handle, is_active=True).first()
    if user is None:
        raise WrongPasskey
    return user

"""Ask for a passkey, and check what a device answers (WebAuthn). A challenge is good for one answer.

For pages, whose session keeps the challenge:

    ask_for_new_passkey(user) -> options · check_new_passkey(credential) -> credential
    ask_for_passkey(user | None) -> options · check_passkey(credential, of=user | None) -> User

For clients without a session, which send back the name of the challenge:

    named, options = challenge_for_new_passkey(user) · answer_of_new_passkey(user, named, credential) -> credential
    named, options = challenge_for_passkey(network) · answer_of_passkey(named, credential) -> User

A passkey is found by the device without a user name, and the device checks its owner (by finger, face or PIN). So it is two
factors in one, and logs in without a password.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.webauthn.internal import auth
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.utils import timezone
from fido2.utils import websafe_decode

from accounts.models import User
from accounts.refusals import AddressNotVerified, WrongPasskey
from core.limits.rate_limits import PASSKEY_CHALLENGES, refuse_beyond


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
    finally:
        auth.clear_state()
    if not made.is_user_verified():
        raise WrongPasskey
    return dict(credential)


def ask_for_passkey(user: User | None) -> dict[str, Any]:
    return dict(auth.begin_authentication(user))


def check_passkey(credential: Any, of: User | None = None) -> User:
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


def challenge_for_new_passkey(user: User) -> tuple[str, dict[str, Any]]:
    options = ask_for_new_passkey(user)
    return _put_aside(str(user.pk)), options


def answer_of_new_passkey(user: User, named: str, credential: Any) -> dict[str, Any]:
    """Return the credential, which answers a challenge that this user got a while ago."""
    _bring_back(named, str(user.pk))
    return check_new_passkey(credential)


def challenge_for_passkey(network: str) -> tuple[str, dict[str, Any]]:
    """Return a challenge for anybody. Each is a row, so their number is limited."""
    limit_challenges(network)
    options = ask_for_passkey(None)
    return _put_aside(""), options


def answer_of_passkey(named: str, credential: Any) -> User:
    _bring_back(named, "")
    return check_passkey(credential)


def limit_challenges(network: str) -> None:
    if network:
        refuse_beyond(PASSKEY_CHALLENGES, network)


def _put_aside(of: str) -> str:
    """Move the challenge from the session of this request to one of its own, which no cookie names."""
    store = SessionStore()
    store[KEPT] = {"of": of, "state": auth.get_state()}
    auth.clear_state()
    store.set_expiry(SECONDS)
    store.create()
    return str(store.session_key)


def _bring_back(named: str, of: str) -> None:
    """Move the challenge into the session of this request. Deleting its row lets one answer through, of many at once."""
    kept = SessionStore(named).get(KEPT)
    if kept is None or kept["of"] != of or not _take(named):
        raise WrongPasskey
    auth.set_state(kept["state"])


def _take(named: str) -> bool:
    return bool(Session.objects.filter(session_key=named).delete()[0])


KEPT = "passkey_challenge"
SECONDS = 600

_MALFORMED = (TypeError, ValueError, KeyError, AttributeError, IndexError)
"""What the library raises for answers that no browser sends."""


def _named_by(credential: dict[str, Any]) -> User:
    """Return the user that the passkey names. Anybody can write that name; the signature is checked afterwards."""
    handle = UUID(bytes=websafe_decode(credential["response"]["userHandle"]))
    user = User.objects.filter(pk=handle, is_active=True).first()
    if user is None:
        raise WrongPasskey
    return user

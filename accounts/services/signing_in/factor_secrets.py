"""Encryption of what second factors need: a copy of the database gives nobody a code.

The key is derived from `SECRET_KEY`; older secrets still decrypt, and a daily job encrypts anew with the first one. So an
old secret may be dropped a day after the change.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.models import User


class FactorAdapter(DefaultMFAAdapter):
    """What allauth.mfa asks about this site."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_HOST)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site that passkeys belong to: its configured name, and not what a request calls it."""
        return {"id": settings.SITE_HOST, "name": settings.SITE_HOST}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        assert isinstance(user, User)
        return {"id": user.pk.bytes, "display_name": user.display_name, "name": user.email}


def encrypted_anew(text: str) -> str:
    """Return the same secret, encrypted with the first key."""
    return _keys().rotate(text.encode()).decode()


def is_current(text: str) -> bool:
    """Return whether the first key encrypted this."""
    try:
        _key(settings.SECRET_KEY).decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    digest = hashlib.sha256(b"second factors\0" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))

"""The secrets of personal API tokens.

A secret has 256 random bits, so a fast keyed digest is enough to store: nobody can guess it, however fast they hash. The
key is the secret that signs our other tokens. Somebody who can only write to the database cannot make a token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

PREFIX = "wlt_"
"""Each token begins with it, so that people and scanners of leaked secrets recognise one."""


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def is_api_token(text: str) -> bool:
    return text.startswith(PREFIX)


def digest_of(secret: str) -> str:
    """Return what is stored of a new token."""
    return _digest(secret, settings.JWT_SECRET_KEY)


def digests_of(secret: str) -> list[str]:
    """Return what may be stored of a token: by the current key first, then by older ones."""
    keys = (settings.JWT_SECRET_KEY, *settings.JWT_SECRET_KEY_FALLBACKS)
    return [_digest(secret, key) for key in keys]


def _digest(secret: str, key: str) -> str:
    text = secret.encode(errors="surrogatepass")
    return hmac.new(b"api token " + key.encode(), text, hashlib.sha256).hexdigest()

"""The secrets in the addresses of calendars and news feeds. Only a keyed digest of each is stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is stored of a new secret."""
    return _digest(secret, settings.LINK_SECRET)


def digests_of(secret: str) -> list[str]:
    """Return what may be stored of a secret: by the current key first, then by older ones."""
    return [_digest(secret, key) for key in (settings.LINK_SECRET, *settings.LINK_SECRET_FALLBACKS)]


def _digest(secret: str, key: str) -> str:
    return hmac.new(
        b"feed " + key.encode(), secret.encode(errors="surrogatepass"), hashlib.sha256
    ).hexdigest()

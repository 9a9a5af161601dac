"""Tokens of links: the id of a row, and a MAC over it, keyed with `LINK_SECRET`.

Nothing of a token is stored, so a copy of the database opens nothing. Older secrets (`LINK_SECRET_FALLBACKS`) verify and do
not sign. A token that reads well names a row; whether that row still opens anything is asked of the row.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.conf import settings

MAC_BYTES = 16
TOKEN_LENGTH = 43
"""16 bytes of id and 16 of MAC, in base64url without padding."""


def sign_id(purpose: str, pk: UUID) -> str:
    """The token that names `pk`. `purpose` is part of what is signed, so that no token passes for another kind."""
    return _text(pk.bytes + mac(settings.LINK_SECRET, purpose, pk.bytes))


def read_signed_id(purpose: str, token: str) -> UUID | None:
    """The id in `token`, if one of our secrets signed it. One id has one spelling."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=")
    except ValueError:
        return None
    if _text(raw) != token:
        return None
    named, signature = raw[:16], raw[16:]
    secrets = (settings.LINK_SECRET, *settings.LINK_SECRET_FALLBACKS)
    # All are compared, so that the time does not tell which one signed.
    signed = [hmac.compare_digest(signature, mac(secret, purpose, named)) for secret in secrets]
    return UUID(bytes=named) if any(signed) else None


def mac(secret: str, purpose: str, named: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode() + b"\0" + named, hashlib.sha256)[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

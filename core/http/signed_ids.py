"""Tokens of links: the id of a row, with a MAC of it by `LINK_SECRET`.

Tokens are not stored, so a copy of the database gives access to nothing. Older secrets (`LINK_SECRET_FALLBACKS`) verify
but do not sign. A valid token only names a row; the caller checks whether that row still gives access.
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
    """Return the token for `pk`. `purpose` is signed too, so that a token is not valid for another purpose."""
    return _text(pk.bytes + mac(settings.LINK_SECRET, purpose, pk.bytes))


def read_signed_id(purpose: str, token: str) -> UUID | None:
    """Return the id in `token`, or None if none of our secrets signed it. Only the canonical spelling is valid."""
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
    # Compare with all, so that the time does not reveal which secret signed.
    signed = [hmac.compare_digest(signature, mac(secret, purpose, named)) for secret in secrets]
    return UUID(bytes=named) if any(signed) else None


def mac(secret: str, purpose: str, named: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode() + b"\0" + named, hashlib.sha256)[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

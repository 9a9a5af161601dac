"""Tokens of links: the id of a row, or other bytes, with a MAC of them by `LINK_SECRET`.

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
    return sign_bytes(purpose, pk.bytes)


def sign_bytes(purpose: str, named: bytes) -> str:
    """Return the token for these bytes, which everybody who has the token can read."""
    return _text(named + mac(settings.LINK_SECRET, purpose, named))


def read_signed_id(purpose: str, token: str) -> UUID | None:
    """Return the id in `token`, or None if none of our secrets signed it. Only the canonical spelling is valid."""
    named = read_signed_bytes(purpose, token, size=16)
    return UUID(bytes=named) if named else None


def read_signed_bytes(purpose: str, token: str, *, size: int) -> bytes | None:
    """Return the `size` bytes in `token`, or None if none of our secrets signed them."""
    if len(token) != token_length(size) or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if _text(raw) != token:
        return None
    named, signature = raw[:size], raw[size:]
    return named if is_mac(signature, purpose, named) else None


def token_length(size: int) -> int:
    """Return the length of a token for so many bytes."""
    return -(-(size + MAC_BYTES) * 4 // 3)


def is_mac(signature: bytes, purpose: str, named: bytes) -> bool:
    """Return whether one of our secrets made this MAC."""
    secrets = (settings.LINK_SECRET, *settings.LINK_SECRET_FALLBACKS)
    # Compare with all, so that the time does not reveal which secret signed.
    signed = [hmac.compare_digest(signature, mac(secret, purpose, named)) for secret in secrets]
    return any(signed)


def mac(secret: str, purpose: str, named: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode() + b"\0" + named, hashlib.sha256)[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

"""The key that identifies this site to push services (VAPID, RFC 8292).

It is made at set-up with the other secrets: unless `VAPID_PRIVATE_KEY` is set, it is derived from `LINK_SECRET`.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from py_vapid import Vapid02

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""

VALID_SECONDS = 12 * 3600


def public_key() -> str:
    """Return the key that browsers need to subscribe, in base64url."""
    return _public(settings.VAPID_PRIVATE_KEY, settings.LINK_SECRET)


def authorization(endpoint: str) -> str:
    """Return the header that proves to the push service of `endpoint` who sends."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "sub": settings.VAPID_SUBJECT,
        "exp": int(time.time()) + VALID_SECONDS,
    }
    key = Vapid02(_private(settings.VAPID_PRIVATE_KEY, settings.LINK_SECRET))
    header: str = key.sign(claims)["Authorization"]
    return header


@cache
def _private(given: str, secret: str) -> ec.EllipticCurvePrivateKey:
    if not given:
        digest = hmac.digest(secret.encode(), b"web push", hashlib.sha512)
        return ec.derive_private_key(int.from_bytes(digest) % (_ORDER - 1) + 1, ec.SECP256R1())
    try:
        number = int.from_bytes(urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        if not 0 < number < _ORDER:
            raise ValueError
    except ValueError:
        raise ImproperlyConfigured("VAPID_PRIVATE_KEY must be 32 bytes in base64url.") from None
    return ec.derive_private_key(number, ec.SECP256R1())


@cache
def _public(given: str, secret: str) -> str:
    point = _private(given, secret).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

"""Check the keys that a browser sends with its subscription."""

from __future__ import annotations

from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives.asymmetric import ec

AUTH_BYTES = 16


def are_browser_keys(p256dh: str, auth: str) -> bool:
    """Return whether these are a point of the curve P-256 and a secret of 16 bytes, in base64url."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        return len(_decoded(auth)) == AUTH_BYTES
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))

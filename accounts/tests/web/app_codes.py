"""What an authenticator app shows."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


def code_of(secret: str, at: float | None = None) -> str:
    """Return what the app shows."""
    return str(format_hotp_value(hotp_value(secret, int(at or time.time()) // 30)))

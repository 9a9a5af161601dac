"""The digits of one-time codes, computed from the key of their row and our secret."""

from __future__ import annotations

import hmac

from django.conf import settings

from accounts.models import OneTimeCode
from core.http.signed_ids import mac

DIGITS = 6


def digits_of(code: OneTimeCode) -> str:
    """Return the digits for the mail. Never log them."""
    number = int.from_bytes(mac(settings.LINK_SECRET, f"account-code-{code.purpose}", code.pk.bytes))
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matches(code: OneTimeCode, typed: str) -> bool:
    return hmac.compare_digest(digits_of(code).encode(), typed.encode("utf-8", "replace"))

"""The text that a start prints: the address, and what to try."""

from __future__ import annotations

import io

import segno
from django.conf import settings

from core.http.network import EVERYWHERE
from wishlist_project.demo.tour import tour


def welcome(*, demo: bool) -> str:
    parts = [f"\nWishlist is running at {settings.SITE_URL} (stop it with Ctrl-C)"]
    if settings.HOST in EVERYWHERE:
        parts.append(f"For phones on this network:\n{qr_code(settings.SITE_URL)}")
    if demo:
        parts.append(tour())
    return "\n".join(parts)


def qr_code(text: str) -> str:
    drawn = io.StringIO()
    segno.make(text, error="l").terminal(drawn, compact=True, border=2)
    return drawn.getvalue()

"""Tokens of the links by which people stop mails without logging in: signed ids, bound to what they stop.

They are computed when a mail is sent and stored nowhere. A token is good for nothing but that: it neither logs anybody in
nor shows anything of the account. It stays valid, so that old mails still work.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from core.http.signed_ids import read_signed_id, sign_id


def unsubscribe_page(user_id: UUID, scope: str) -> str:
    """Return the path of the page that stops the user's mails of `scope`: `kind-<kind>`, or how often they come."""
    return f"/unsubscribe/{sign_id(_purpose(scope), user_id)}/{scope}"


def user_named(token: str, scope: str) -> UUID | None:
    """Return the key of the user whose mails of `scope` the token may stop."""
    return read_signed_id(_purpose(scope), token)


def unsubscribe_headers(address: str) -> dict[str, str]:
    """Return the headers with which mail programs unsubscribe with one click (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{settings.SITE_URL}{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _purpose(scope: str) -> str:
    return f"unsubscribe {scope}"

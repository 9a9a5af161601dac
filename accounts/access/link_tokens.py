"""Tokens of links that are mailed to users: signed ids, which are valid only as long as their row is."""

from __future__ import annotations

from uuid import UUID

from accounts.models import AccountLink
from core.http.signed_ids import read_signed_id, sign_id


def account_link_token(link: AccountLink) -> str:
    """Return the token for the mail to the user. Never log it."""
    return sign_id(_signed(link.purpose), link.pk)


def link_named(purpose: AccountLink.Purpose, token: str) -> UUID | None:
    return read_signed_id(_signed(purpose), token)


def _signed(purpose: str) -> str:
    return f"account-{purpose}"

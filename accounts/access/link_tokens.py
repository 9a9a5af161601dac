"""The tokens of links that are mailed to people: signed ids, which name a row and open nothing without it."""

from __future__ import annotations

from uuid import UUID

from accounts.models import AccountLink
from core.http.signed_ids import read_signed_id, sign_id


def account_link_token(link: AccountLink) -> str:
    """For the mail to its person, and never for a log."""
    return sign_id(_signed(link.purpose), link.pk)


def link_named(purpose: AccountLink.Purpose, token: str) -> UUID | None:
    return read_signed_id(_signed(purpose), token)


def _signed(purpose: str) -> str:
    return f"account-{purpose}"

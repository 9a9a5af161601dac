"""The tokens of public links and the private manage tokens of guests. Who holds a token has its rights.

A token is a signed id (core/http/signed_ids.py), so a copy of the database gives no access, and the owner can still be
shown the link again. sharing/queries/links.py finds the rows that tokens name.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.conf import settings

from core.http.signed_ids import TOKEN_LENGTH as TOKEN_LENGTH
from core.http.signed_ids import mac, read_signed_id, sign_id
from sharing.models import GuestLetter, PublicLink
from wishlists.models import Guest

CODE_DIGITS = 6


class Purpose(StrEnum):
    """What a token is for. It is part of the signed text, so that one kind of token is not accepted as another."""

    LINK = "public-link"
    GUEST = "guest"
    CODE = "guest-code"
    STOP = "guest-unsubscribe"


def link_token(link: PublicLink) -> str:
    """Return the token of `/s/<token>`. Only the owner may see it, and it must not be logged."""
    return sign_id(Purpose.LINK, link.pk)


def manage_token(guest: Guest) -> str:
    """Return the token with which a guest changes what they reserved, from any device."""
    return sign_id(Purpose.GUEST, guest.pk)


def guest_named(token: str) -> UUID | None:
    """Return the id of the guest whose manage token this is, or None. The guest may no longer exist."""
    return read_signed_id(Purpose.GUEST, token)


def stop_token(guest: Guest) -> str:
    """Return the token that stops a guest's mails, and nothing else."""
    return sign_id(Purpose.STOP, guest.pk)


def guest_stopped_by(token: str) -> UUID | None:
    """Return the id of the guest whose mails this token stops, or None."""
    return read_signed_id(Purpose.STOP, token)


def is_token(text: str) -> bool:
    """Return whether one of our secrets signed this as the token of a link or guest. The row may no longer exist."""
    return any(read_signed_id(purpose, text) is not None for purpose in (Purpose.LINK, Purpose.GUEST))


def guest_code(letter: GuestLetter) -> str:
    """Return the confirmation code that `letter` brings to its guest."""
    number = int.from_bytes(mac(settings.LINK_SECRET, Purpose.CODE, letter.pk.bytes))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"

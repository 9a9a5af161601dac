"""Tokens that give access to whoever holds them: the link of a list, and a guest's private manage token.

A token is a signed id (core/http/signed_ids.py): a copy of the database opens nothing, and still the owner can be shown the link
again. What they name is found in sharing/queries/links.py.
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
    """What a token is for. Part of what is signed, so that no token passes for another kind."""

    LINK = "public-link"
    GUEST = "guest"
    CODE = "guest-code"


def link_token(link: PublicLink) -> str:
    """What makes `/s/<token>` of a link. For its owner's eyes, and never for a log."""
    return sign_id(Purpose.LINK, link.pk)


def manage_token(guest: Guest) -> str:
    """With this a guest changes what they reserved, from any device."""
    return sign_id(Purpose.GUEST, guest.pk)


def guest_named(token: str) -> UUID | None:
    """Whose manage token this is, if it is one; they may be gone."""
    return read_signed_id(Purpose.GUEST, token)


def is_token(text: str) -> bool:
    """Whether one of our secrets signed it, as a link's or a guest's. Says nothing of what it opens."""
    return any(read_signed_id(purpose, text) is not None for purpose in (Purpose.LINK, Purpose.GUEST))


def guest_code(letter: GuestLetter) -> str:
    """The digits that `letter` brings to its guest's address."""
    number = int.from_bytes(mac(settings.LINK_SECRET, Purpose.CODE, letter.pk.bytes))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"

"""Tokens that give access to whoever holds them: the link of a list, and a guest's private manage token.

A token is a signed id (core/http/signed_ids.py): a copy of the database opens nothing, and still the owner can be shown the link
again. A token that reads well names a row; whether it still gives access is asked of the row.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import prepared
from core.http.signed_ids import TOKEN_LENGTH as TOKEN_LENGTH
from core.http.signed_ids import mac, read_signed_id, sign_id
from sharing.models import GuestLetter, PublicLink
from wishlists.models import Guest, Wishlist

CODE_DIGITS = 6


class Purpose(StrEnum):
    """What a token is for. Part of what is signed, so that no token passes for another kind."""

    LINK = "public-link"
    GUEST = "guest"
    CODE = "guest-code"


def link_token(link: PublicLink) -> str:
    """What makes `/s/<token>` of a link. For its owner's eyes, and never for a log."""
    return sign_id(Purpose.LINK, link.pk)


def link_of(token: str) -> PublicLink | None:
    """The link that `token` names, with its list; also when it was revoked, has expired or is used up."""
    pk = read_signed_id(Purpose.LINK, token)
    return next(iter(_links(link_id=pk)), None) if pk else None


@prepared
def _links(*, link_id: UUID) -> QuerySet[PublicLink]:
    return PublicLink.objects.select_related("wishlist").filter(pk=link_id)


def open_link(token: str, user: User | None) -> tuple[PublicLink, Wishlist] | None:
    """A link that still lets people stay in, and its list as `.for_viewer(user)` gives it, ready for `audience_of`.

    None for every other token. A used-up link is found: what it refuses is a new opening (services/links.py).
    """
    link = link_of(token)
    if link is None or not link.is_live:
        return None
    return link, wishlist_behind(link, user)


def wishlist_behind(link: PublicLink, user: User | None) -> Wishlist:
    """The list of `link`, annotated for whoever came by it. Without an account there is nothing to look up."""
    if user is not None:
        return _seen_by(wishlist_id=link.wishlist_id, user_id=user.pk)[0]
    link.wishlist.my_role, link.wishlist.i_am_recipient = None, False
    return link.wishlist


@prepared
def _seen_by(*, wishlist_id: UUID, user_id: UUID) -> QuerySet[Wishlist]:
    return Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)


def manage_token(guest: Guest) -> str:
    """With this a guest changes what they reserved, from any device."""
    return sign_id(Purpose.GUEST, guest.pk)


def guest_named(token: str) -> UUID | None:
    """Whose manage token this is, if it is one; they may be gone."""
    return read_signed_id(Purpose.GUEST, token)


def guest_of(token: str, wishlist: Wishlist) -> Guest | None:
    """The guest of `wishlist` whom `token` names; a guest of another list is nobody here."""
    pk = read_signed_id(Purpose.GUEST, token)
    return next(iter(_guests(guest_id=pk, wishlist_id=wishlist.pk)), None) if pk else None


@prepared
def _guests(*, guest_id: UUID, wishlist_id: UUID) -> QuerySet[Guest]:
    return Guest.objects.filter(pk=guest_id, wishlist_id=wishlist_id)


def guest_holding(token: str) -> Guest | None:
    """Whoever `token` names, of whatever list; it comes along."""
    pk = guest_named(token)
    return Guest.objects.select_related("wishlist").filter(pk=pk).first() if pk else None


def is_token(text: str) -> bool:
    """Whether one of our secrets signed it, as a link's or a guest's. Says nothing of what it opens."""
    return any(read_signed_id(purpose, text) is not None for purpose in (Purpose.LINK, Purpose.GUEST))


def guest_code(letter: GuestLetter) -> str:
    """The digits that `letter` brings to its guest's address."""
    number = int.from_bytes(mac(settings.LINK_SECRET, Purpose.CODE, letter.pk.bytes))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"

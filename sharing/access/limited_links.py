"""Who has opened a limited link, and how they show it where no cookie of the share page is.

`opening` is what an opening leaves behind: with it one comes back without spending another view. A signed epoch is for
clients that show none: it says from where on they were sent events. To read what was before, they spend a view.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from sharing.models import PublicLink


class KnownFrom(NamedTuple):
    """Somebody was told of events of this epoch from that number on; from 0, if they were shown the list."""

    epoch: str
    floor: int


def opening_token(link: PublicLink) -> str:
    """For whoever has just opened `link`."""
    return _signer("opening").sign(link.pk.hex)


def has_opened(link_id: UUID, token: str) -> bool:
    try:
        return _signer("opening").unsign(token) == link_id.hex
    except BadSignature:
        return False


def sign_epoch(link_id: UUID, known_from: KnownFrom) -> str:
    """An epoch as somebody gets it who came by a limited link and has shown no opening."""
    return _signer(f"told {link_id.hex}").sign(f"{known_from.epoch}.{known_from.floor}")


def read_signed_epoch(link_id: UUID, signed_epoch: str) -> KnownFrom | None:
    try:
        epoch, _, floor = _signer(f"told {link_id.hex}").unsign(signed_epoch).rpartition(".")
    except BadSignature:
        return None
    return KnownFrom(epoch, int(floor))


def _signer(salt: str) -> Signer:
    """With the secret of the links themselves, which may be rotated."""
    return Signer(
        key=settings.LINK_SECRET, fallback_keys=[*settings.LINK_SECRET_FALLBACKS], salt=salt, sep="."
    )

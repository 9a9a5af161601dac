"""The signed tokens of limited links, for clients that have no cookie of the share page.

An `opening` token proves that a client has spent a view, so that it can come back without spending another. Clients
without one get a signed epoch, which says from which number on they were sent events. To read earlier events, they
spend a view.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from sharing.models import PublicLink


class KnownFrom(NamedTuple):
    """A client was sent the events of this epoch from this number on. The number is 0 if it was shown the list."""

    epoch: str
    floor: int


def opening_token(link: PublicLink) -> str:
    """Return the token for a client that has just spent a view of `link`."""
    return _signer("opening").sign(link.pk.hex)


def has_opened(link_id: UUID, token: str) -> bool:
    try:
        return _signer("opening").unsign(token) == link_id.hex
    except BadSignature:
        return False


def sign_epoch(link_id: UUID, known_from: KnownFrom) -> str:
    """Return the signed epoch for a client that came by a limited link and sent no opening token."""
    return _signer(f"told {link_id.hex}").sign(f"{known_from.epoch}.{known_from.floor}")


def read_signed_epoch(link_id: UUID, signed_epoch: str) -> KnownFrom | None:
    try:
        epoch, _, floor = _signer(f"told {link_id.hex}").unsign(signed_epoch).rpartition(".")
    except BadSignature:
        return None
    return KnownFrom(epoch, int(floor))


def _signer(salt: str) -> Signer:
    """Return a signer with the secret of the links, which can be rotated."""
    return Signer(
        key=settings.LINK_SECRET, fallback_keys=[*settings.LINK_SECRET_FALLBACKS], salt=salt, sep="."
    )

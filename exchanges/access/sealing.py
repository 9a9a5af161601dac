"""Encryption of who gives to whom: a copy of the database, or a page that shows its rows, tells nobody.

The key is derived from `LINK_SECRET`, as private links are; older secrets still decrypt. Each text is bound to its
participant and draw, so a row that is copied into another row cannot be read there. All texts have the same length.

People who have both the database and `LINK_SECRET` can read everything, as with every encryption by a server.
"""

from __future__ import annotations

import hashlib
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from exchanges.models import Participant

_NONCE = 12


def seal(participant: Participant, receiver: UUID, *, draw_number: int) -> bytes:
    """Return `receiver`, encrypted for this participant and draw."""
    nonce = os.urandom(_NONCE)
    cipher = _cipher(settings.LINK_SECRET)
    return nonce + cipher.encrypt(nonce, receiver.bytes, _bound_to(participant, draw_number))


def unseal(participant: Participant, *, draw_number: int) -> UUID | None:
    """Return to whom the participant gives, or None if they have not been drawn or no known secret decrypts it."""
    if participant.sealed is None:
        return None
    sealed, bound = bytes(participant.sealed), _bound_to(participant, draw_number)
    for secret in (settings.LINK_SECRET, *settings.LINK_SECRET_FALLBACKS):
        try:
            return UUID(bytes=_cipher(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound))
        except InvalidTag:
            continue
    return None


def _bound_to(participant: Participant, draw_number: int) -> bytes:
    return b"%b %b %d" % (participant.exchange_id.bytes, participant.pk.bytes, draw_number)


def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"exchanges\0" + secret.encode()).digest())

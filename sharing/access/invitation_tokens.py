"""Tokens of invitations. The token is the invitation: nothing else is stored (docs/invitations.md).

A token says to what somebody is invited, by whom, with which role, and for whom: a digest of the canonical address, so
that the token shows the address to nobody. It is signed with the secret of links, which can be rotated, for a purpose of
its own.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from core.http.signed_ids import is_mac, mac, read_signed_bytes, sign_bytes, token_length
from core.mailboxes.mailbox_forms import own_mailbox
from core.text.mangled_text import token_in

GOOD_FOR = timedelta(days=14)


class Kind(StrEnum):
    """What somebody can be invited to."""

    LIST = "list"
    GROUP = "group"


_PURPOSE, _ADDRESS = "invitation", "invited-address"
_FIELDS = struct.Struct(">BBB16s16s16s16sIQ")
_KINDS = (Kind.LIST, Kind.GROUP)
_ROLES = ("viewer", "editor", "member", "admin")
"""Tokens store the index of kinds and roles. Only ever add to the end."""

TOKEN_LENGTH = token_length(_FIELDS.size)
MAX_TYPED_TOKEN = 400
"""Mail programs may add characters to a token."""

_YEAR_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Invitation:
    """What a token says. `epoch` is the one of its target when it was issued: raising that revokes it."""

    kind: Kind
    target_id: UUID
    tenant_id: UUID
    role: str
    is_recipient: bool
    invited_by: UUID
    address_digest: bytes
    epoch: int
    issued_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.issued_at + GOOD_FOR

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def is_for(self, user: User) -> bool:
        """Return whether the user has proved that they get mail at the invited address, and is of its tenant."""
        return user.tenant_id == self.tenant_id and user.address_counts and self.is_addressed_to(user.email)

    def as_stored(self) -> dict[str, Any]:
        """Return it as JSON for the job that mails it: without the digest, so that the row gives no access."""
        return {
            "kind": self.kind.value,
            "target_id": str(self.target_id),
            "tenant_id": str(self.tenant_id),
            "role": self.role,
            "is_recipient": self.is_recipient,
            "invited_by": str(self.invited_by),
            "epoch": self.epoch,
            "issued_at": self.issued_at.isoformat(),
        }

    @classmethod
    def from_stored(cls, email: str, stored: Mapping[str, Any]) -> Invitation:
        ids = {name: UUID(stored[name]) for name in ("target_id", "tenant_id", "invited_by")}
        return cls(
            kind=Kind(stored["kind"]),
            role=stored["role"],
            is_recipient=stored["is_recipient"],
            epoch=stored["epoch"],
            issued_at=datetime.fromisoformat(stored["issued_at"]),
            address_digest=digest_of(email),
            **ids,
        )

    def is_addressed_to(self, address: str) -> bool:
        return is_mac(self.address_digest, _ADDRESS, own_mailbox(address).encode())


def digest_of(address: str) -> bytes:
    """Return the digest of an address in its canonical form."""
    return mac(settings.LINK_SECRET, _ADDRESS, own_mailbox(address).encode())


def invitation_token(invitation: Invitation) -> str:
    """Return the token for the mail to the invited address. Never log it or show it to the inviter."""
    return sign_bytes(
        _PURPOSE,
        _FIELDS.pack(
            _KINDS.index(invitation.kind),
            _ROLES.index(invitation.role),
            invitation.is_recipient,
            invitation.target_id.bytes,
            invitation.tenant_id.bytes,
            invitation.invited_by.bytes,
            invitation.address_digest,
            invitation.epoch,
            (invitation.issued_at - _YEAR_1970) // _MICROSECOND,
        ),
    )


def read_invitation(token: str) -> Invitation | None:
    """Return the invitation, or None if none of our secrets signed this. It may have expired or been revoked."""
    named = read_signed_bytes(_PURPOSE, token, size=_FIELDS.size)
    if named is None:
        return None
    kind, role, is_recipient, target, tenant, inviter, digest, epoch, issued = _FIELDS.unpack(named)
    return Invitation(
        kind=_KINDS[kind],
        target_id=UUID(bytes=target),
        tenant_id=UUID(bytes=tenant),
        role=_ROLES[role],
        is_recipient=bool(is_recipient),
        invited_by=UUID(bytes=inviter),
        address_digest=digest,
        epoch=epoch,
        issued_at=_YEAR_1970 + issued * _MICROSECOND,
    )


def clean_token(text: str) -> str:
    """Return the token without characters that a mail program added to its link, or `text` if there is none."""
    if len(text) == TOKEN_LENGTH:
        return text
    return token_in(text, lambda found: read_invitation(found) is not None, TOKEN_LENGTH) or text

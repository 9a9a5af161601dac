"""Projections of invitations. They say nothing about giving."""

from __future__ import annotations

from accounts.models import User
from accounts.projections.people import person
from core.projections.fields import READER, Field, Projection, Reader
from sharing.access.invitation_tokens import Invitation, Kind
from wishlists.projections.rows import Row

INVITED = Projection(
    "invited",
    Reader,
    Field("email", sights=READER),
    Field("role", sights=READER),
    Field("expires_at", sights=READER),
)
"""What the person who invites gets: the same for every address."""

INVITATION = Projection(
    "invitation",
    Reader,
    Field("kind", sights=READER),
    Field("title", sights=READER),
    Field("role", sights=READER),
    Field("is_recipient", sights=READER),
    Field("inviter", sights=READER),
    Field("expires_at", sights=READER),
)
"""An invitation, for everybody who has its link."""

JOINED_LIST = Projection(
    "joined list", Reader, Field("wishlist_id", sights=READER), Field("role", sights=READER)
)
JOINED_GROUP = Projection(
    "joined group", Reader, Field("group_id", sights=READER), Field("role", sights=READER)
)
_JOINED = {Kind.LIST: ("wishlist_id", JOINED_LIST), Kind.GROUP: ("group_id", JOINED_GROUP)}


def project_invited(invitation: Invitation, email: str) -> Row:
    sent = {"email": email, "role": invitation.role, "expires_at": invitation.expires_at}
    return INVITED.project(sent, Reader.READER)


def project_invitation(invitation: Invitation, title: str, inviter: User) -> Row:
    row = {
        "kind": invitation.kind.value,
        "title": title,
        "role": invitation.role,
        "is_recipient": invitation.is_recipient,
        "inviter": person(inviter),
        "expires_at": invitation.expires_at,
    }
    return INVITATION.project(row, Reader.READER)


def project_joined(invitation: Invitation, role: str) -> Row:
    name, projection = _JOINED[invitation.kind]
    return projection.project({name: invitation.target_id, "role": role}, Reader.READER)

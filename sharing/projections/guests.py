"""What a response tells guests about themselves."""

from __future__ import annotations

from operator import attrgetter

from accounts.models import User
from core.projections.fields import READER, Field, Projection, Reader
from sharing.access.capabilities import manage_token
from wishlists.models import Guest
from wishlists.projections.rows import Row

MANAGE_TOKEN = Projection(
    "manage token", Reader, Field("manage_token", sights=READER, get=lambda guest, _: manage_token(guest))
)
"""The token that identifies a guest in later requests. Only this guest sees it."""

IDENTIFIED = Projection(
    "identified",
    Reader,
    Field("name", sights=READER, given=True),
    Field("confirmed_at", sights=READER, given=True),
)
"""The name that a person who came by a link has given. Only they see it here."""

TAKEN_OVER = Projection(
    "taken over",
    Reader,
    Field("reservations", sights=READER),
    Field("contributions", sights=READER),
    Field("places", sights=READER),
    Field("left", sights=READER),
    read=attrgetter,
)
"""How much a guest has moved to their account. Only they see it."""


def with_manage_token(row: Row, guest: Guest | None) -> Row:
    """Add the manage token to a response, if it is for a guest."""
    told: Row = row | MANAGE_TOKEN.project(guest, Reader.READER) if guest else row
    return told


def project_bearer(user: User) -> Row:
    """Return the name of a user. Lists do not confirm the address of a user, so `confirmed_at` is None."""
    return IDENTIFIED.project(None, Reader.READER, name=user.display_name, confirmed_at=None)


def project_guest(guest: Guest) -> Row:
    return IDENTIFIED.project(None, Reader.READER, name=guest.name, confirmed_at=guest.confirmed_at)

"""What a guest is told of themselves, and beside what they did."""

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
"""By which a guest's later requests are known. To this guest alone."""

IDENTIFIED = Projection(
    "identified",
    Reader,
    Field("name", sights=READER, given=True),
    Field("confirmed_at", sights=READER, given=True),
)
"""As whom somebody is known who came by a link; to themselves."""

TAKEN_OVER = Projection(
    "taken over",
    Reader,
    Field("reservations", sights=READER),
    Field("contributions", sights=READER),
    Field("places", sights=READER),
    Field("left", sights=READER),
    read=attrgetter,
)
"""What a guest has taken into their account; to themselves."""


def with_manage_token(row: Row, guest: Guest | None) -> Row:
    """An answer to somebody who may be a guest."""
    told: Row = row | MANAGE_TOKEN.project(guest, Reader.READER) if guest else row
    return told


def project_bearer(user: User) -> Row:
    """Somebody with an account, whose address is none of a list's business."""
    return IDENTIFIED.project(None, Reader.READER, name=user.display_name, confirmed_at=None)


def project_guest(guest: Guest) -> Row:
    return IDENTIFIED.project(None, Reader.READER, name=guest.name, confirmed_at=guest.confirmed_at)

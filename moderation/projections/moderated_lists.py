"""A list as staff see it after they acted on it: nothing about giving."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from accounts.projections.people import person
from core.projections.fields import READER, Field, Projection, Reader
from wishlists.models import Wishlist

MODERATED_LIST = Projection(
    "moderated list",
    Reader,
    Field("id", sights=READER),
    Field("title", sights=READER),
    Field("owner", sights=READER, get=lambda row, _: person(row.owner)),
    Field("hidden_at", sights=READER),
    read=attrgetter,
)


def project_moderated_list(wishlist: Wishlist) -> dict[str, Any]:
    return MODERATED_LIST.project(wishlist, Reader.READER)

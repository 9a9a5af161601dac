"""Who gave, on a row read with `GIVER_COLUMNS`: whether it is the viewer, and whether others may be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wishlists.models import Wishlist
from wishlists.models.viewers import Sight, Viewer

if TYPE_CHECKING:
    from wishlists.projections.rows import Row

GIVER_COLUMNS = ("user_id", "user__display_name", "guest_id", "guest__name")


def shows_names(sight: Sight, wishlist: Wishlist) -> bool:
    """Whether other people's names are told. One's own always are."""
    return sight is Sight.FULL and wishlist.names_shown


def is_me(row: Row, viewer: Viewer) -> bool:
    if viewer.user is not None:
        return bool(row["user_id"] == viewer.user.pk)
    return viewer.guest is not None and bool(row["guest_id"] == viewer.guest.pk)


def name_of(row: Row) -> str:
    name: str = row["user__display_name"] or row["guest__name"]
    return name

"""Find a guest's reservation so that they can change it, through the API or on their private page."""

from __future__ import annotations

from uuid import UUID

from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Reservation
from wishlists.models.viewers import Viewer
from wishlists.queries.reservations import find_reservation
from wishlists.refusals import NothingReserved


def find_guests_reservation(
    giver: Viewer, wishlist_id: UUID, reservation_id: UUID
) -> tuple[Reservation, Viewpoint]:
    """Return a reservation that `giver` has on this list. Any other raises the same error as one that does not
    exist."""
    found, viewpoint = find_reservation(giver, reservation_id)
    if found.item.wishlist_id != wishlist_id:
        raise NothingReserved
    return found, viewpoint

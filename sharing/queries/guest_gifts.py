"""What a guest reserved, found for them to change it: by their link at the API, by their manage link on its page."""

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
    """Only what `giver` holds on this list; anything else is as if it were not there."""
    found, viewpoint = find_reservation(giver, reservation_id)
    if found.item.wishlist_id != wishlist_id:
        raise NothingReserved
    return found, viewpoint

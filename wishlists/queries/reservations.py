"""Reservations, found for the giver who made them."""

from __future__ import annotations

from uuid import UUID

from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Reservation
from wishlists.models.viewers import Viewer
from wishlists.projections.reservations import project_reservations, reservations_of
from wishlists.projections.rows import Row, the_one
from wishlists.queries.items import item_at
from wishlists.refusals import NothingReserved


def find_reservation(giver: Viewer, reservation_id: UUID) -> tuple[Reservation, Viewpoint]:
    """Only what `giver` holds; other people's are as if they were not there. With what they are on its list."""
    found = reservations_of(giver).filter(pk=reservation_id).first()
    if found is None:
        raise NothingReserved
    found.item, viewpoint = item_at(giver, found.item_id)
    return found, viewpoint


def own_reservation(giver: Viewer, reservation_id: UUID) -> Row:
    """As it now is."""
    return the_one(
        project_reservations(reservations_of(giver).filter(pk=reservation_id), giver), NothingReserved
    )

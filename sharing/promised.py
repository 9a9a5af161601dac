"""What a guest promised, found for them to change it: by their link at the API, by their manage link on its page."""

from __future__ import annotations

from uuid import UUID

from wishlists.audience import Viewer
from wishlists.models import Item, Reservation
from wishlists.projections import Row
from wishlists.promises import project_promises, promises_of
from wishlists.refusals import NothingReserved


def find_promise(giver: Viewer, wishlist_id: UUID, reservation_id: UUID) -> Reservation:
    """Only what `giver` holds on this list, ready for services; anything else is as if it were not there."""
    found = promises_of(giver).filter(pk=reservation_id, item__wishlist=wishlist_id).first()
    if found is None:
        raise NothingReserved
    found.item = Item.objects.for_viewer(giver.user).get(pk=found.item_id).with_asker()
    return found


def promise_seen(giver: Viewer, reservation_id: UUID) -> Row:
    """As it now is."""
    rows = project_promises(promises_of(giver).filter(pk=reservation_id), giver)
    if not rows:
        raise NothingReserved
    return rows[0]

"""Set `reservation_status`, as clients call it. The same word means different things for givers and recipients.

by              reserved            purchased                       available
giver, guest    reserve it          reserve it if needed, bought    release their own
recipient       "I'll get it"       "I have it"                     undo that
on a shared list: as recipients
"""

from __future__ import annotations

from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.refusals import NothingReserved
from wishlists.services.lists.items import mark_item
from wishlists.services.reserving import change_reservation, release_item, reserve_item

AVAILABLE, RESERVED, PURCHASED = "available", "reserved", "purchased"
STATUSES = (AVAILABLE, RESERVED, PURCHASED)

_MARKS = {AVAILABLE: Item.Mark.NONE, RESERVED: Item.Mark.SET_ASIDE, PURCHASED: Item.Mark.RECEIVED}


def set_status(*, item: Item, viewpoint: Viewpoint, status: str | None, message: str | None = None) -> None:
    """Do what `status` means for this viewer.

    Without a status, `message` is set on the reservation that they hold. None leaves the message as it is, "" clears
    it. A recipient's mark has no message: it would be the only message about giving that recipients could read.
    """
    by = viewpoint.viewer
    if viewpoint.marks:
        if status is not None:
            mark_item(item=item, by=by, mark=_MARKS[status])
    elif status == AVAILABLE:
        release_item(item=item, by=by)
    elif status is not None:
        reserve_item(item=item, by=by, message=message, purchased=status == PURCHASED)
    elif message is not None:
        _set_message(item, by, message)


def _set_message(item: Item, by: Viewer, message: str) -> None:
    mine = Reservation.objects.active().held_by(by).filter(item=item).first()
    if mine is None:
        raise NothingReserved
    mine.item = item
    change_reservation(reservation=mine, by=by, message=message)

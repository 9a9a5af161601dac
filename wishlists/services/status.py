"""`reservation_status` as a client sets it: one word on the wire, another verb for each kind of asker.

by              reserved            purchased                       available
giver, guest    reserve it          reserve it if need be, bought   release one's own
recipient       "I'll get it"       "I have it"                     undo that
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
    """Do what `status` means from there.

    Without a status, `message` changes on what they hold. None leaves the message as it is, "" clears it. A
    recipient's mark carries no message: theirs would be the only one that they could ever read.
    """
    by = viewpoint.viewer
    if viewpoint.is_recipient:
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

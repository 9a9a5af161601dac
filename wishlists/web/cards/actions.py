"""What the buttons of a card do, and the sentence with which each is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.db.change import change
from core.pages.edit_forms import CLASH
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.refusals import ChangedElsewhere, NothingReserved
from wishlists.services.lists.items import mark_item
from wishlists.services.locking import lock_item
from wishlists.services.reserving import change_reservation, release_item, reserve_item
from wishlists.services.waitlisting import stop_waiting, wait_for_item

Act = Callable[[Item, Viewer, dict[str, Any]], object]

MARKS = {"set_aside": Item.Mark.SET_ASIDE, "received": Item.Mark.RECEIVED, "unmark": Item.Mark.NONE}


def _reserve(purchased: bool | None) -> Act:
    def act(item: Item, by: Viewer, typed: dict[str, Any]) -> object:
        return reserve_item(item=item, by=by, units=typed["units"], purchased=purchased)

    return act


def _move(stage: Reservation.Stage) -> Act:
    def act(item: Item, by: Viewer, typed: dict[str, Any]) -> object:
        mine = Reservation.objects.active().held_by(by).filter(item=item).first()
        if mine is None:
            raise NothingReserved
        mine.item = item
        return change_reservation(reservation=mine, by=by, stage=stage)

    return act


def _count(item: Item, by: Viewer, typed: dict[str, Any]) -> object:
    """Another number of units. What an older tab was not touched for stays; a clash is said with both numbers."""
    mine = Reservation.objects.active().held_by(by).filter(item=lock_item(item)).first()
    opened, wanted = typed["initial-units"], typed["units"]
    if mine is not None and opened and wanted and mine.units not in (opened, wanted):
        if wanted == opened:
            return mine
        raise ChangedElsewhere(CLASH.format(now=mine.units, typed=wanted))
    return reserve_item(item=item, by=by, units=wanted, purchased=None)


GIVING: dict[str, tuple[Act, Promise]] = {
    "reserve": (_reserve(False), _("Reserved for you. Others see that it's taken.")),
    "purchase": (_reserve(True), _("Thank you! Others see that it's bought.")),
    "units": (_count, _("Changed.")),
    "ordered": (_move(Reservation.Stage.ORDERED), _("Changed.")),
    "arrived": (_move(Reservation.Stage.ARRIVED), _("Marked as arrived.")),
    "wrapped": (_move(Reservation.Stage.WRAPPED), _("Marked as wrapped.")),
    "given": (_move(Reservation.Stage.GIVEN), _("Marked as given.")),
    "release": (
        lambda item, by, typed: release_item(item=item, by=by),
        _("Reservation cancelled."),
    ),
    "wait": (
        lambda item, by, typed: wait_for_item(item=item, by=by),
        _("You're on the waiting list. If it's your turn, we hold it for a day."),
    ),
    "leave": (
        lambda item, by, typed: stop_waiting(item=item, by=by),
        _("You left the waiting list."),
    ),
}


@change()
def give(*, item: Item, viewpoint: Viewpoint, typed: dict[str, Any]) -> str:
    """Do what the button `action` says, and say so. Recipients are not asked of the services, which would say whether
    there is something that one could give back."""
    action, by = typed["action"], viewpoint.viewer
    if action in MARKS:
        mark_item(item=item, by=by, mark=MARKS[action])
        return ""
    viewpoint.require_giver()
    act, notice = GIVING[action]
    act(item, by, typed)
    return str(notice)

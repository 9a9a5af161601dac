"""Reserving units of an item, moving them through their stages, giving them back.

What is scarce is the item's units. Two givers press at once: both requests arrive here, the first takes the lock of
the list and the item, the second waits, then looks at what the first left. Should the lock ever be lost, the
constraint `item_units_taken_within_cap` refuses the second all the same, because the sum is written by the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from core.db.change import change
from wishlists.access.audience import is_identified
from wishlists.access.former_givers import require_giver_access
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.refusals import ConfirmFirst, NotHolder
from wishlists.services.activity import record
from wishlists.services.lapse_policy import lapse_of
from wishlists.services.locking import held_of, lock_item, lock_item_as
from wishlists.services.units import hold_units, refuse_unless_free, take_units, units_free
from wishlists.services.waitlisting import offer_freed

_RESERVED, _ORDERED = Reservation.Stage.RESERVED, Reservation.Stage.ORDERED


@change()
def reserve_item(
    *,
    item: Item,
    by: Viewer,
    units: int | None = None,
    purchased: bool | None = None,
    stage: str | None = None,
    **written: Any,
) -> Reservation:
    """Reserve `units` (1, if nothing is said); or change what `by` already holds, to exactly so many.

    `written` are fields of `Reservation.WRITTEN`, such as `message`; None leaves one as it is.
    `purchased` is the coarse word for `stage`, which outweighs it: True for *ordered* or later, False for *reserved*.
    Refuses with `ItemTaken` when fewer units are free, a recipient has set the item aside, or an alternative is taken.
    """
    said = _said(written)
    item, viewpoint = lock_item_as(by, item)
    viewpoint.require_giver()
    mine = held_of(item, by)
    if mine is not None:
        return _change(mine, item, by, units=units, stage=stage or _stage_of(mine, purchased), said=said)
    stage = stage or (_ORDERED if purchased else _RESERVED)
    _refuse_unconfirmed(item, by, stage)
    refuse_unless_free(item, units or 1)
    reservation = hold_units(
        item=item,
        giver=by,
        units=units or 1,
        stage=stage,
        written=said,
        lapses_at=lapse_of(item.wishlist, by, timezone.now()) if stage == _RESERVED else None,
    )
    record(wishlist=item.wishlist, kind=f"item_{reservation.status}", by=by, item=item)
    return reservation


@change()
def change_reservation(
    *,
    reservation: Reservation,
    by: Viewer,
    units: int | None = None,
    status: str | None = None,
    stage: str | None = None,
    **written: Any,
) -> Reservation:
    """Change what `by` holds: more or fewer units, another stage, or what they wrote (`Reservation.WRITTEN`). What is not
    given, or None, stays.

    `status` is the coarse word of older clients, which `stage` outweighs: `purchased` moves a reserved one to *ordered*
    and leaves later stages. An offer is taken up by any of units, status and stage; by words alone it is not.
    Whoever was seen out of the list takes no more of it, and writes nothing there.
    """
    said = _said(written)
    item = lock_item(reservation.item, withdrawn_too=True)
    mine = _held(reservation, by)
    is_notice = any(value and value != getattr(mine, name) for name, value in said.items())
    if mine.is_offer or (units or 0) > mine.units or is_notice:
        require_giver_access(by, item.wishlist)
    if stage is None and status is not None:
        stage = _stage_of(mine, status == Reservation.Status.PURCHASED)
    if stage is None and units is None and mine.is_offer:
        return _set(mine, said)
    return _change(mine, item, by, units=units, stage=stage or mine.stage, said=said)


@change()
def release_reservation(*, reservation: Reservation, by: Viewer) -> Reservation:
    """Give back what `by` holds. Also on an item or list that was withdrawn meanwhile."""
    _held(reservation, by)
    return give_back(reservation=reservation, by=by, kind="reservation_released")


@change()
def give_back(*, reservation: Reservation, by: Viewer, kind: str) -> Reservation:
    """End a reservation without asking whose it is; `kind` is what the log calls it. The first in line is next."""
    item = lock_item(reservation.item, withdrawn_too=True)
    current = Reservation.objects.active().filter(pk=reservation.pk).first()
    if current is None:
        raise NotHolder
    take_units(item, -current.units)
    current.released_at = timezone.now()
    current.save(update_fields=["released_at", "updated_at"])
    record(wishlist=item.wishlist, kind=kind, by=by, item=item)
    offer_freed(item)
    return current


@change()
def release_item(*, item: Item, by: Viewer) -> Item:
    """Give back whatever `by` holds of `item`. Holding nothing of an item that others have is `NotHolder`; so is holding
    nothing at all, where what others have is hidden."""
    item, viewpoint = lock_item_as(by, item)
    viewpoint.require_giver()
    mine = held_of(item, by)
    if mine is not None:
        mine.item = item
        release_reservation(reservation=mine, by=by)
    elif units_free(item) == 0 or not is_identified(by, item.wishlist):
        raise NotHolder
    return item


def _held(reservation: Reservation, by: Viewer) -> Reservation:
    """The reservation as it now is, if it is active and `by` holds it (G5). The holder of a row never changes."""
    mine = Reservation.objects.active().held_by(by).filter(pk=reservation.pk).first()
    if mine is None:
        raise NotHolder
    return mine


def _refuse_unconfirmed(item: Item, by: Viewer, stage: str) -> None:
    """What is bought never lapses, so where guests confirm their address they do so before."""
    if stage == _RESERVED or by.guest is None or not item.wishlist.guests_confirm:
        return
    if by.guest.confirmed_at is None:
        raise ConfirmFirst


def _stage_of(mine: Reservation, purchased: bool | None) -> str:
    """What is bought already stays at its stage when somebody says "bought" again."""
    if purchased is None or purchased == (mine.status == Reservation.Status.PURCHASED):
        return mine.stage
    return _ORDERED if purchased else _RESERVED


def _change(
    mine: Reservation, item: Item, by: Viewer, *, units: int | None, stage: str, said: Mapping[str, Any]
) -> Reservation:
    """Set what differs, and take up what was only offered; repeating a request changes and logs nothing."""
    before, offered, more = mine.status, mine.is_offer, (units or mine.units) - mine.units
    new: dict[str, Any] = {"units": mine.units + more, "stage": stage, "is_offer": False, **said}
    if offered or stage != mine.stage:
        is_held = stage == _RESERVED
        new |= {
            "lapses_at": lapse_of(item.wishlist, by, timezone.now()) if is_held else None,
            "nudged_at": None,
        }
    if mine.stage == _RESERVED:
        _refuse_unconfirmed(item, by, stage)
    if more > 0:
        refuse_unless_free(item, more)
    if more:
        take_units(item, more)
    moved = stage != mine.stage
    _set(mine, new)
    if offered or before != mine.status:
        record(wishlist=item.wishlist, kind=f"item_{mine.status}", by=by, item=item, stage=stage)
    elif more or moved:
        record(
            wishlist=item.wishlist,
            kind="reservation_changed",
            by=by,
            item=item,
            stage=stage,
            units=mine.units,
        )
    if more < 0:
        offer_freed(item)
    return mine


def _said(written: Mapping[str, Any]) -> dict[str, Any]:
    """What of it is to be kept."""
    if strange := written.keys() - set(Reservation.WRITTEN):
        raise TypeError(f"Nobody writes {', '.join(sorted(strange))} on a reservation.")
    return {name: value for name, value in written.items() if value is not None}


def _set(mine: Reservation, new: Mapping[str, Any]) -> Reservation:
    changed = [name for name, value in new.items() if getattr(mine, name) != value]
    for name in changed:
        setattr(mine, name, new[name])
    if changed:
        mine.save(update_fields=[*changed, "updated_at"])
    return mine

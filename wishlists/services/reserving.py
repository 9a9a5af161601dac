"""Reserve units of an item, move reservations through their stages, and release them.

Units are limited. If two givers reserve at the same time, the first request takes the lock of the list and the item.
The second waits, and then sees what is left. Even without the lock, the constraint `item_units_taken_within_cap` would
refuse the second, because the database computes the sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from core.db.change import change, is_held
from core.db.saving import Insert, Update
from wishlists.access.audience import is_identified
from wishlists.access.former_givers import require_giver_access
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.projections.items import know_held_item
from wishlists.refusals import ConfirmFirst, NotHolder
from wishlists.services.activity import log_row, record
from wishlists.services.lapse_policy import lapse_of
from wishlists.services.locking import giving_state, held_of, lock_item, lock_item_as
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
    """Reserve `units` (default 1), or change the existing reservation of `by` to that number.

    `written` are fields of `Reservation.WRITTEN`, such as `message`; None leaves one as it is. `purchased` is a coarse
    form of `stage`, which overrides it: True means *ordered* or later, False means *reserved*. Raises `ItemTaken` if
    fewer units are available, a recipient has set the item aside, or an alternative is taken.
    """
    said = _said(written)
    item, viewpoint = lock_item_as(by, item)
    viewpoint.require_giver()
    mine = held_of(item, by)
    if mine is not None:
        return _change(mine, item, by, units=units, stage=stage or _stage_of(mine, purchased), said=said)
    stage = stage or (_ORDERED if purchased else _RESERVED)
    _refuse_unconfirmed(item, by, stage)
    state = giving_state(item, by)
    refuse_unless_free(item, units or 1)
    reservation = hold_units(
        item=item,
        giver=by,
        units=units or 1,
        stage=stage,
        written=said,
        lapses_at=lapse_of(item.wishlist, by, timezone.now()) if stage == _RESERVED else None,
        beside=[Insert(log_row(wishlist=item.wishlist, kind=_kind_at(stage), by=by, item=item))],
    )
    know_held_item(state.facts_with(reservation, item))
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
    """Change a reservation of `by`: its units, its stage, or what they wrote (`Reservation.WRITTEN`). None leaves a
    field as it is.

    `status` is a coarse form of `stage` for older clients; `stage` overrides it. `purchased` moves a reserved one to
    *ordered* and keeps later stages. Units, status or stage accept an offer; texts alone don't. People who lost access
    can't reserve more, and can't write anything there.
    """
    said = _said(written)
    item = lock_item(reservation.item, withdrawn_too=True)
    mine = _held(reservation, item, by)
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
    """Release a reservation of `by`, also on a withdrawn item or list."""
    item = lock_item(reservation.item, withdrawn_too=True)
    return give_back(reservation=_held(reservation, item, by), by=by, kind="reservation_released")


@change()
def give_back(*, reservation: Reservation, by: Viewer, kind: str) -> Reservation:
    """End a reservation without checking whose it is, and offer the units to the first in line. `kind` is the kind of
    the log row.
    """
    item = lock_item(reservation.item, withdrawn_too=True)
    current = _active(reservation)
    state = giving_state(item, by)
    current.released_at = timezone.now()
    take_units(
        item,
        -current.units,
        Update(current, ("released_at", "updated_at")),
        Insert(log_row(wishlist=item.wishlist, kind=kind, by=by, item=item)),
    )
    if facts := state.facts_without(current, item):
        know_held_item(facts)
    if state.is_waited_for:
        offer_freed(item)
    return current


@change()
def release_item(*, item: Item, by: Viewer) -> Item:
    """Release the reservation of `by` on `item`.

    Raises `NotHolder` if they hold none and others hold the item. If the viewer may not know what others hold, it is
    raised whenever they hold none.
    """
    item, viewpoint = lock_item_as(by, item)
    viewpoint.require_giver()
    mine = held_of(item, by)
    if mine is not None:
        release_reservation(reservation=mine, by=by)
    elif units_free(item) == 0 or not is_identified(by, item.wishlist):
        raise NotHolder
    return item


def _held(reservation: Reservation, item: Item, by: Viewer) -> Reservation:
    """Return the reservation as it is now on the locked item, if it is active and `by` holds it (G5). Its holder never
    changes.
    """
    mine = held_of(item, by)
    if mine is None or mine != reservation:
        raise NotHolder
    return mine


def _active(reservation: Reservation) -> Reservation:
    """Return the reservation as it is now. One that was read under the lock is not read again."""
    if is_held(reservation):
        return reservation
    current = Reservation.objects.active().filter(pk=reservation.pk).first()
    if current is None:
        raise NotHolder
    return current


def _kind_at(stage: str) -> str:
    return f"item_{Reservation.Status.at(stage)}"


def _refuse_unconfirmed(item: Item, by: Viewer, stage: str) -> None:
    """Refuse unconfirmed guests if the list asks them to confirm. Bought items never lapse, so guests must confirm
    before.
    """
    if stage == _RESERVED or by.guest is None or not item.wishlist.guests_confirm:
        return
    if by.guest.confirmed_at is None:
        raise ConfirmFirst


def _stage_of(mine: Reservation, purchased: bool | None) -> str:
    """Return the new stage. An item that is bought already keeps its stage if it is marked as bought again."""
    if purchased is None or purchased == (mine.status == Reservation.Status.PURCHASED):
        return mine.stage
    return _ORDERED if purchased else _RESERVED


def _change(
    mine: Reservation, item: Item, by: Viewer, *, units: int | None, stage: str, said: Mapping[str, Any]
) -> Reservation:
    """Set the fields that differ, and accept an offer. A repeated request changes and logs nothing."""
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
        record(wishlist=item.wishlist, kind=_kind_at(mine.stage), by=by, item=item, stage=stage)
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
    """Return the written fields that are to be stored."""
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

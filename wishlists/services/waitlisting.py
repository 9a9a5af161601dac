"""Waiting for what others have. As a unit frees up, the first in line is told, and it is held for them for a day.

Whoever frees a unit offers it in the same change, so that while somebody waits nothing is ever free: a passer-by who
reserves need not look at the line. Recipients who raise a quantity or undo a mark free units too; they notice nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.db.change import change
from core.jobs.sweeping import sweep
from wishlists.access.former_givers import reads
from wishlists.models import Item, Member, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import AlreadyHolding, ItemClosed, NoSuchItem, StillFree
from wishlists.services.activity import record
from wishlists.services.identification import refuse_unidentified
from wishlists.services.lapse_policy import OFFERED_FOR
from wishlists.services.locking import lock_item, lock_item_as
from wishlists.services.notices.guest_mail import guests_among, tell_guests
from wishlists.services.units import hold_units, units_free


@change()
def wait_for_item(*, item: Item, by: Viewer) -> tuple[WaitlistEntry, bool]:
    """A place at the end of the line, and whether it is new. Refused while a unit is free, or `by` holds one."""
    item, viewpoint = lock_item_as(by, item)
    viewpoint.require_giver()
    place = item.waitlist_entries.in_line().held_by(by).first()
    if place is not None:
        return place, False
    if item.reservations.active().held_by(by).exists():
        raise AlreadyHolding
    refuse_unidentified(by, item.wishlist)
    if item.is_marked:
        raise ItemClosed(_("This is no longer wanted, so you can't join a waiting list for it."))
    if units_free(item) != 0:
        raise StillFree
    place = WaitlistEntry.objects.create(item=item, user=by.user, guest=by.guest)
    record(wishlist=item.wishlist, kind="waiting_started", by=by, item=item)
    return place, True


@change()
def stop_waiting(*, item: Item, by: Viewer) -> None:
    """Give up one's place, if one has any."""
    item, viewpoint = lock_item_as(by, item, withdrawn_too=True)
    viewpoint.require_giver()
    for place in item.waitlist_entries.in_line().held_by(by):
        _end(place)
        record(wishlist=item.wishlist, kind="waiting_ended", by=by, item=item)


def offer_freed(item: Item, *, left: UUID | None = None) -> None:
    """Within a change: offer what is free of `item`, which is locked, and of its alternatives, to those who wait.

    The first of all of them is the first. `left`: the `choice` that it had before this change.
    """
    known = {item.pk: item}
    for place in _line_of(item, left):
        place.item = there = known.setdefault(place.item_id, place.item)
        there.wishlist = item.wishlist
        if units_free(there) == 0:
            continue
        if _may_still(place):
            _offer(place, there)
        else:
            _end(place)


def serve_lines() -> int:
    """Offer what was freed in any other way, such as by showing a hidden list again; each item in a change of its own."""
    open_items = Item.objects.live().filter(mark=Item.Mark.NONE).exclude(cap=F("units_taken"))
    waited_for = WaitlistEntry.objects.in_line().filter(item__in=open_items).order_by().distinct()
    return sweep(_serve_line, waited_for.values_list("item_id", flat=True), what="Line for an item")


@change()
def _serve_line(item_id: UUID) -> bool:
    try:
        offer_freed(lock_item(Item.objects.select_related("wishlist").get(pk=item_id)))
    except NoSuchItem:
        return False
    return True


def _line_of(item: Item, left: UUID | None) -> Iterable[WaitlistEntry]:
    """Those who wait for `item` or one of its alternatives. Nothing is asked where nothing could be offered."""
    wishlist = item.wishlist
    if wishlist.removed_at is not None or wishlist.hidden_at is not None:
        return ()
    line = WaitlistEntry.objects.in_line().filter(item__removed_at=None, item__draft_of=None)
    line = line.select_related("item", "user", "guest")
    if item.choice is not None or left is not None:
        return line.filter(Q(item=item) | Q(item__in=Item.objects.alike(item, left)))
    return line.filter(item=item) if item.removed_at is None and units_free(item) != 0 else ()


def _may_still(place: WaitlistEntry) -> bool:
    """Who left the list, became a recipient, closed their account or got a unit in another way waits no longer."""
    holds = Reservation.objects.active().held_by(Viewer(user=place.user, guest=place.guest))
    if holds.filter(item=place.item_id).exists():
        return False
    return place.user is None or (place.user.is_active and _may_give(place.user, place.item.wishlist))


def _may_give(user: User, wishlist: Wishlist) -> bool:
    blind = Member.objects.blinding().filter(wishlist=wishlist, user=user)
    return not blind.exists() and reads(Viewer(user=user), wishlist)


def _offer(place: WaitlistEntry, item: Item) -> None:
    giver, until = Viewer(user=place.user, guest=place.guest), timezone.now() + OFFERED_FOR
    _end(place)
    hold_units(item=item, giver=giver, units=1, is_offer=True, lapses_at=until)
    record(wishlist=item.wishlist, kind="item_offered", by=giver, item=item)
    notify(
        users=[place.user] if place.user else [],
        kind="item_offered",
        title=_("“%(item)s” on “%(list)s” is available again and held for you for a day")
        % {"item": item.title, "list": item.wishlist.title},
        payload={
            "item_title": item.title,
            "list_title": item.wishlist.title,
            "wishlist_id": str(item.wishlist_id),
            "item_id": str(item.pk),
            "lapses_at": until.isoformat(),
        },
        about=f"item {item.pk}",
    )
    tell_guests(guests_among([place.guest]), kind="item_offered", item=item, until=until)


def _end(place: WaitlistEntry) -> None:
    place.ended_at = timezone.now()
    place.save(update_fields=["ended_at"])

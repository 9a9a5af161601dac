"""Move what a guest reserved and paid to the account with which they sign in.

Reservations are moved as a whole, once, and are not released on the way. If the account already holds something of the
same wish, the guest's part stays on the private page. Their questions stay there, too: nobody learns who asked, and
moving them would show that somebody did.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from wishlists.access.former_givers import require_giver_access
from wishlists.models import Contribution, Guest, Item, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lapse_policy import lapse_of
from wishlists.services.locking import lock_wishlist_as


class TakenOver(NamedTuple):
    """How many of each kind were moved, and how many stay with the guest."""

    reservations: int
    contributions: int
    places: int
    left: int


@change()
def take_over(*, guest: Guest, by: User) -> TakenOver:
    """Move what `guest` holds to `by`. Recipients are refused, because their account would give on their own list."""
    giver = Viewer(user=by)
    wishlist = lock_wishlist_as(giver, guest.wishlist, withdrawn_too=True).require_giver().wishlist
    require_giver_access(giver, wishlist)
    held = Reservation.objects.active().filter(guest=guest)
    list(lock(Item.objects.filter(pk__in=held.values("item")).order_by("pk")).values_list("pk", flat=True))
    mine = Reservation.objects.active().filter(user=by).values("item")
    moved = [_move(row, wishlist, by) for row in held.exclude(item__in=mine).order_by("item_id")]
    given = Contribution.objects.standing().filter(guest=guest).order_by("pk")
    contributions = [_move_contribution(row, by) for row in given]
    waiting = WaitlistEntry.objects.in_line().order_by().filter(guest=guest)
    in_my_lines = WaitlistEntry.objects.in_line().order_by().filter(user=by).values("item")
    places = waiting.exclude(item__in=list(in_my_lines.values_list("item", flat=True))).update(
        user=by, guest=None
    )
    if moved or contributions or places:
        record(wishlist=wishlist, kind="guest_taken_over", by=Viewer(user=by), guest=str(guest.pk))
    return TakenOver(len(moved), len(contributions), places, held.count() + waiting.count())


def holds_anything(guest: Guest) -> bool:
    """Return whether the guest has anything to take over."""
    rows = (
        Reservation.objects.active().filter(guest=guest),
        Contribution.objects.standing().filter(guest=guest),
        WaitlistEntry.objects.in_line().filter(guest=guest),
    )
    return any(found.exists() for found in rows)


def _move(held: Reservation, wishlist: Wishlist, by: User) -> Reservation:
    """Move one reservation. If it waited for the guest's confirmation, it now lapses as late as any other."""
    held.user, held.guest = by, None
    if held.stage == Reservation.Stage.RESERVED and not held.is_offer:
        held.lapses_at = lapse_of(wishlist, Viewer(user=by), held.created_at)
    held.updated_at = timezone.now()
    held.save(update_fields=["user", "guest", "lapses_at", "updated_at"])
    return held


def _move_contribution(given: Contribution, by: User) -> Contribution:
    given.user, given.guest = by, None
    given.save(update_fields=["user", "guest"])
    return given

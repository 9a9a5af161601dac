"""End reservations: offers that were not accepted within a day, and reservations that were not bought in time.

Periodic tasks call these functions. Each row is handled in its own transaction and read again after the lock, because
its giver may have bought it meanwhile. Nothing lapses on withdrawn items or on withdrawn or hidden lists.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.db.change import change
from core.jobs.sweeping import sweep
from wishlists.models import Member, Reservation, Wishlist
from wishlists.models.giving import ReservationQuerySet
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lapse_policy import lapse_of, nudge_lead, nudge_of
from wishlists.services.locking import lock_item
from wishlists.services.notices.giver_notices import title_names
from wishlists.services.notices.guest_mail import guests_among, tell_guests
from wishlists.services.reserving import give_back


def lapse_due_reservations() -> int:
    """Release reservations whose time is over, and offer the units to the first in line. Return how many were released."""
    due = _held().filter(lapses_at__lte=timezone.now()).order_by("lapses_at", "pk")
    return _each(_lapse, due)


def nudge_due_givers() -> int:
    """Remind givers whose reservation lapses soon, once. Return how many were reminded."""
    lists = Wishlist.objects.live().filter(lapse_days__isnull=False).order_by()
    return sum(
        _nudge_those_of(days) for days in lists.values_list("lapse_days", flat=True).distinct() if days
    )


def start_terms() -> int:
    """Set the end of reservations that were made before their list limited the time. They get their full term from now
    on.
    """
    endless = _held().filter(lapses_at=None, item__wishlist__lapse_days__isnull=False)
    return _each(_start_term, endless)


def _held() -> ReservationQuerySet:
    """Unbought reservations of items that are still on a list.

    Also those of removed secret additions, if the holder became a recipient. Otherwise the recipient would see from
    their reservation whether givers had removed the item.
    """
    there = Q(item__draft_of=None, item__wishlist__removed_at=None, item__wishlist__hidden_at=None)
    is_blind = Exists(
        Member.objects.blinding().filter(wishlist=OuterRef("item__wishlist"), user=OuterRef("user"))
    )
    lapsing = Q(item__removed_at=None) | (Q(item__is_secret=True) & is_blind)
    return Reservation.objects.active().unbought().filter(there, lapsing)


def _each(act: Callable[[UUID], bool], rows: ReservationQuerySet) -> int:
    """Call `act` for each row. Return for how many rows it did something."""
    return sweep(act, rows.values_list("pk", flat=True), what="Reservation")


def _again(pk: UUID, **conditions: Any) -> Reservation | None:
    """Return the reservation with its item locked, if it is still unbought and matches `conditions`."""
    found = Reservation.objects.select_related("item__wishlist").get(pk=pk)
    item = lock_item(found.item, withdrawn_too=True)
    now = _held().select_related("user", "guest").filter(pk=pk, **conditions).first()
    if now is not None:
        now.item = item
    return now


@change()
def _lapse(pk: UUID) -> bool:
    now = timezone.now()
    held = _again(pk, lapses_at__lte=now)
    if held is None:
        return False
    if not held.is_offer:
        # The list may now allow more days or no longer limit them, or the guest may have confirmed their address.
        end = lapse_of(held.item.wishlist, _giver(held), held.created_at)
        if end is None or end > now:
            _end_at(held, end)
            return False
    give_back(reservation=held, by=Viewer(), kind="reservation_lapsed")
    title = _("Your reservation of “%(item)s” on “%(list)s” has expired. Others can reserve it now.")
    _tell(held, "reservation_lapsed", title % title_names(held.item))
    return True


def _nudge_those_of(days: int) -> int:
    """Remind the holders on lists with that number of `lapse_days`.

    The query looks one day further than the lead, because days differ in length. `_nudge` decides for each row whether
    it is due.
    """
    soon = timezone.now() + nudge_lead(days) + timedelta(days=1)
    held = _held().filter(is_offer=False, nudged_at=None, item__wishlist__lapse_days=days)
    rows = held.filter(lapses_at__gt=timezone.now(), lapses_at__lte=soon).order_by("lapses_at", "pk")
    return _each(_nudge, rows)


@change()
def _nudge(pk: UUID) -> bool:
    now = timezone.now()
    held = _again(pk, is_offer=False, nudged_at=None, lapses_at__gt=now)
    if held is None or held.lapses_at is None or held.item.wishlist.lapse_days is None:
        return False
    wishlist = held.item.wishlist
    if nudge_of(held.lapses_at, held.item.wishlist.lapse_days, wishlist.time_zone) > now:
        return False
    held.nudged_at = now
    held.save(update_fields=["nudged_at", "updated_at"])
    record(wishlist=wishlist, kind="reservation_nudged", by=Viewer(), item=held.item, **_whose(held))
    title = _(
        "Have you bought “%(item)s” for “%(list)s”? Mark it as bought, or your reservation will expire soon."
    )
    _tell(held, "reservation_nudged", title % title_names(held.item), lapses_at=held.lapses_at.isoformat())
    return True


@change()
def _start_term(pk: UUID) -> bool:
    held = _again(pk, lapses_at=None)
    if held is None:
        return False
    end = lapse_of(held.item.wishlist, _giver(held), timezone.now())
    if end is None:
        return False
    _end_at(held, end)
    return True


def _end_at(held: Reservation, end: datetime | None) -> None:
    held.lapses_at, held.nudged_at = end, None
    held.save(update_fields=["lapses_at", "nudged_at", "updated_at"])


def _giver(held: Reservation) -> Viewer:
    return Viewer(user=held.user, guest=held.guest)


def _whose(held: Reservation) -> dict[str, str]:
    return {"person": str(held.user_id)} if held.user_id else {"guest": str(held.guest_id)}


def _tell(held: Reservation, kind: str, title: str, **payload: str) -> None:
    """Notify the giver: users in their inbox unless they became a recipient, and guests by a signal."""
    item = held.item
    named = {"item_title": item.title, "list_title": item.wishlist.title}
    notify(
        users=_people_to_notify(held),
        kind=kind,
        title=title,
        payload=named | payload,
        about=f"item {item.pk}",
    )
    tell_guests(guests_among([held.guest]), kind=kind, item=item, until=held.lapses_at)


def _people_to_notify(held: Reservation) -> list[User]:
    blind = Member.objects.blinding().filter(wishlist=held.item.wishlist_id, user=held.user_id)
    return [] if held.user is None or blind.exists() else [held.user]

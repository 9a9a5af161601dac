"""Reservations that end by themselves: offers not taken up in a day, and what nobody bought in the days the list gives.

Periodic jobs call these. Each row is a change of its own, looked at again under its lock: its giver may have bought it
while it waited for its turn. Of what is withdrawn or hidden nothing lapses before it is there again.
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
from wishlists.models import Item, Member, Reservation, Wishlist
from wishlists.models.giving import ReservationQuerySet
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lapse_policy import lapse_of, nudge_lead, nudge_of
from wishlists.services.locking import lock_item
from wishlists.services.notices.giver_notices import title_names
from wishlists.services.notices.guest_mail import guests_among, tell_guests
from wishlists.services.reserving import give_back


def lapse_due_reservations() -> int:
    """Free what was held long enough; the first in line is offered it."""
    due = _held().filter(lapses_at__lte=timezone.now()).order_by("lapses_at", "pk")
    return _each(_lapse, due)


def nudge_due_givers() -> int:
    """Remind those whose reservation lapses soon, once."""
    lists = Wishlist.objects.live().exclude(lapse_days=None).order_by()
    return sum(
        _nudge_those_of(days) for days in lists.values_list("lapse_days", flat=True).distinct() if days
    )


def start_terms() -> int:
    """On lists that have begun to ask for a purchase in time: what was taken before has all of its days from now on."""
    endless = _held().filter(lapses_at=None, item__wishlist__lapse_days__isnull=False)
    return _each(_start_term, endless)


def _held() -> ReservationQuerySet:
    """Not bought, and of what is there.

    Whether givers have withdrawn a secret addition must not show in the reservation of somebody who became a recipient,
    so that lapses in its time in either case.
    """
    items = Item.objects.filter(wishlist__in=Wishlist.objects.live(), draft_of=None)
    is_blind = Exists(
        Member.objects.blinding().filter(wishlist=OuterRef("item__wishlist"), user=OuterRef("user"))
    )
    lapsing = Q(item__in=items.live()) | (Q(item__in=items.filter(is_secret=True)) & is_blind)
    return Reservation.objects.active().unbought().filter(lapsing)


def _each(act: Callable[[UUID], bool], rows: ReservationQuerySet) -> int:
    """For how many it was done."""
    return sweep(act, rows.values_list("pk", flat=True), what="Reservation")


def _again(pk: UUID, **conditions: Any) -> Reservation | None:
    """The reservation with its item locked, if it is still held and as `conditions` say."""
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
        # The list may give more days than then, or no longer ask; the guest may have confirmed their address.
        end = lapse_of(held.item.wishlist, _giver(held), held.created_at)
        if end is None or end > now:
            _end_at(held, end)
            return False
    give_back(reservation=held, by=Viewer(), kind="reservation_lapsed")
    title = _("Your reservation of “%(item)s” on “%(list)s” has expired. Others can reserve it now.")
    _tell(held, "reservation_lapsed", title % title_names(held.item))
    return True


def _nudge_those_of(days: int) -> int:
    """A day more than the lead is looked at, for days are not all as long; each row says for itself whether it is due."""
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
    """To the inbox of a giver with an account, unless the list has become theirs; a guest's way is known upstairs."""
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

"""Telling givers without an account what those with one read in their inbox. How to reach them is known upstairs.

Only those who gave an address are looked for. They are told with the same words for what happened as in the inbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from wishlists.models import Guest, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.gifts import chipped_in_on, reserved_on
from wishlists.signals import guest_concerned


def tell_guests(
    guests: Iterable[Guest], *, kind: str, item: Item | None = None, until: datetime | None = None
) -> None:
    """Within a change."""
    for guest in guests:
        if guest.email:
            guest_concerned.send(sender=Guest, guest=guest, kind=kind, item=item, until=until)


def guests_among(givers: Iterable[Guest | None]) -> list[Guest]:
    """Those who are guests, each once."""
    return list(dict.fromkeys(guest for guest in givers if guest is not None))


def guests_holding(item: Item, *, but: Viewer) -> QuerySet[Guest]:
    """Who holds units of `item`, without the one who did it."""
    held = Reservation.objects.active().filter(item=item).exclude(guest=None)
    return _others(Guest.objects.filter(pk__in=held.values("guest")), but)


def guests_who_gave(wishlist: Wishlist) -> QuerySet[Guest]:
    """Who holds something there, or chips in."""
    gave = Q(pk__in=reserved_on(wishlist).exclude(guest=None).values("guest"))
    gave |= Q(pk__in=chipped_in_on(wishlist).exclude(guest=None).values("guest"))
    return _others(Guest.objects.filter(gave), Viewer())


def _others(guests: QuerySet[Guest], but: Viewer) -> QuerySet[Guest]:
    found = guests.exclude(email="").order_by("pk")
    return found.exclude(pk=but.guest.pk) if but.guest else found

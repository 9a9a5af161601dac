"""What one giver has on one list: their reservations, and how much they chipped in for each item."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from accounts.models import User
from core.db.prepared import prepared
from wishlists.models import Contribution, Guest, Reservation
from wishlists.models.viewers import Viewer
from wishlists.projections.rows import Row


def reserved_by(giver: Viewer, wishlist_id: UUID) -> list[Reservation]:
    """Return the reservations that `giver` holds on the list."""
    return _reserved_by(wishlist_id=wishlist_id, **_who(giver))


def contributed_by(giver: Viewer, wishlist_id: UUID) -> list[Row]:
    """Return `item_id`, `currency` and `total` (minor units) of what `giver` chipped in, by currency."""
    return _contributed_by(wishlist_id=wishlist_id, **_who(giver))


def _who(giver: Viewer) -> dict[str, UUID]:
    if giver.user is not None:
        return {"user_id": giver.user.pk}
    assert giver.guest is not None
    return {"guest_id": giver.guest.pk}


def _viewer(user_id: UUID | None, guest_id: UUID | None) -> Viewer:
    return Viewer(User(pk=user_id) if user_id else None, Guest(pk=guest_id) if guest_id else None)


@prepared
def _reserved_by(
    *, wishlist_id: UUID, user_id: UUID | None = None, guest_id: UUID | None = None
) -> QuerySet[Reservation]:
    held = Reservation.objects.active().held_by(_viewer(user_id, guest_id))
    return held.filter(item__wishlist_id=wishlist_id)


@prepared
def _contributed_by(
    *, wishlist_id: UUID, user_id: UUID | None = None, guest_id: UUID | None = None
) -> QuerySet[Contribution, Row]:
    who = {"user_id": user_id} if user_id else {"guest_id": guest_id}
    standing = Contribution.objects.standing().filter(item__wishlist_id=wishlist_id, **who).order_by()
    sums = standing.values("item_id", "currency").annotate(total=Sum("amount_minor"))
    rows: Any = sums.order_by("currency")
    return rows  # type: ignore[no-any-return]

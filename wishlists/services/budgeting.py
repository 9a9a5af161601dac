"""Set and clear a giver's budget for a list. Nobody else can see it, so nobody is notified."""

from __future__ import annotations

from accounts.models import User
from core.db.change import change
from wishlists.models import Budget, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.locking import lock_wishlist_as


@change()
def set_budget(*, wishlist: Wishlist, by: User, amount_minor: int, currency: str) -> Budget:
    """Set the budget of `by` for this list, or replace it."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_giver().wishlist
    amount = {"amount_minor": amount_minor, "currency": currency}
    budget, _is_new = Budget.objects.update_or_create(user=by, wishlist=current, defaults=amount)
    return budget


@change()
def clear_budget(*, wishlist: Wishlist, by: User) -> None:
    """Remove the budget of `by` for this list. Does nothing if there is none."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_giver().wishlist
    Budget.objects.filter(user=by, wishlist=current).delete()

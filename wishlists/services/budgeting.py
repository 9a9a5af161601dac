"""How much a giver means to spend on a list. It is theirs alone: nobody reads it, and nothing is told."""

from __future__ import annotations

from accounts.models import User
from core.db.change import change
from wishlists.models import Budget, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.locking import lock_wishlist_as


@change()
def set_budget(*, wishlist: Wishlist, by: User, amount_minor: int, currency: str) -> Budget:
    """Again for the same list, it replaces."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_giver().wishlist
    amount = {"amount_minor": amount_minor, "currency": currency}
    budget, _is_new = Budget.objects.update_or_create(user=by, wishlist=current, defaults=amount)
    return budget


@change()
def clear_budget(*, wishlist: Wishlist, by: User) -> None:
    """Without one there is nothing to do."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_giver().wishlist
    Budget.objects.filter(user=by, wishlist=current).delete()

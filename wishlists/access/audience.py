"""What each audience may see, and which changes it gets events for. viewpoint.py decides who belongs to which audience."""

from __future__ import annotations

from wishlists.models.lists import Wishlist
from wishlists.models.viewers import Audience, Scope, Sight, Viewer


def is_identified(viewer: Viewer, wishlist: Wishlist) -> bool:
    """Return whether we know enough about `viewer` to show what is taken.

    Users are always identified. If the list asks for it, guests must have given a name, and confirmed the code that was
    mailed to them.
    """
    if viewer.user is not None or not wishlist.guests_identify:
        return True
    return viewer.guest is not None and (not wishlist.guests_confirm or viewer.guest.confirmed_at is not None)


def sight_of(audience: Audience, wishlist: Wishlist) -> Sight:
    """Return what `audience` may see of `wishlist` now. Reveal and the policy *open* make recipients see as givers do."""
    if audience is Audience.GIVER:
        return Sight.FULL
    if audience is Audience.VISITOR:
        return Sight.HIDDEN
    if audience is Audience.PUBLIC:
        return Sight.TOTALS
    if wishlist.revealed_at or wishlist.policy == Wishlist.Policy.OPEN:
        return Sight.FULL
    return Sight.STATUS if wishlist.policy == Wishlist.Policy.STATUS else Sight.BLIND


def audiences_in_scope(scope: Scope, wishlist: Wishlist) -> list[Audience]:
    """Return the audiences whose streams get an event for a change of that scope. The others get no frame and no gap in
    their numbers, since either would tell them that something happened.
    """
    told = [Audience.GIVER, Audience.PUBLIC]
    sight = sight_of(Audience.RECIPIENT, wishlist)
    if scope is Scope.EDIT or sight is Sight.FULL or (scope is Scope.UNITS and sight is Sight.STATUS):
        told.insert(0, Audience.RECIPIENT)
    if scope is Scope.EDIT:
        told.append(Audience.VISITOR)
    return told

"""What each audience may see, and of which changes it is told. Who belongs to which is said in viewpoint.py."""

from __future__ import annotations

from wishlists.models.lists import Wishlist
from wishlists.models.viewers import Audience, Scope, Sight, Viewer


def is_identified(viewer: Viewer, wishlist: Wishlist) -> bool:
    """Whether enough is known of somebody who came by a link: an account, or, where the list asks for it, a guest's name,
    and the code that was mailed to them."""
    if viewer.user is not None or not wishlist.guests_identify:
        return True
    return viewer.guest is not None and (not wishlist.guests_confirm or viewer.guest.confirmed_at is not None)


def sight_of(audience: Audience, wishlist: Wishlist) -> Sight:
    """What `audience` may see of `wishlist` now. Reveal and the policy *open* make recipients see as givers do."""
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
    """Whose streams get an event for a change of that scope. Silence is part of the secret: no frame, no number."""
    told = [Audience.GIVER, Audience.PUBLIC]
    sight = sight_of(Audience.RECIPIENT, wishlist)
    if scope is Scope.EDIT or sight is Sight.FULL or (scope is Scope.UNITS and sight is Sight.STATUS):
        told.insert(0, Audience.RECIPIENT)
    if scope is Scope.EDIT:
        told.append(Audience.VISITOR)
    return told

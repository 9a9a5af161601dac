"""Moderation of lists. Nothing here shows giving, except behind the logged action that opens it for a while."""

from wishlists.admin.giving import ContributionAdmin, ReservationAdmin
from wishlists.admin.items import ItemAdmin
from wishlists.admin.lists import WishlistAdmin
from wishlists.admin.log import ActivityAdmin

__all__ = ["ActivityAdmin", "ContributionAdmin", "ItemAdmin", "ReservationAdmin", "WishlistAdmin"]

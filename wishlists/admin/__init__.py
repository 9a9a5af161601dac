"""Moderation of lists. Nothing here shows giving, except behind the logged action that opens it for a while."""

from wishlists.admin.giving import CollectionAdmin, ContributionAdmin, ReservationAdmin, WaitlistEntryAdmin
from wishlists.admin.items import ItemAdmin
from wishlists.admin.lists import WishlistAdmin
from wishlists.admin.log import ActivityAdmin
from wishlists.admin.talk import MessageAdmin, ThanksAdmin

__all__ = [
    "ActivityAdmin",
    "CollectionAdmin",
    "ContributionAdmin",
    "ItemAdmin",
    "MessageAdmin",
    "ReservationAdmin",
    "ThanksAdmin",
    "WaitlistEntryAdmin",
    "WishlistAdmin",
]

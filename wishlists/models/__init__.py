"""Lists, their people, their items, and what givers reserve and pay."""

from wishlists.models.activity import Activity
from wishlists.models.budgets_and_thanks import Budget, Thanks
from wishlists.models.giving import Collection, Contribution, Reservation
from wishlists.models.items import Item
from wishlists.models.lists import Wishlist
from wishlists.models.messages import Message
from wishlists.models.people import GroupShare, Guest, Member, PersonRecipient
from wishlists.models.waitlist import WaitlistEntry

__all__ = [
    "Activity",
    "Budget",
    "Collection",
    "Contribution",
    "GroupShare",
    "Guest",
    "Item",
    "Member",
    "Message",
    "PersonRecipient",
    "Reservation",
    "Thanks",
    "WaitlistEntry",
    "Wishlist",
]

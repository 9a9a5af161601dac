"""Lists, their people, their items, and what givers promise."""

from wishlists.models.activity import Activity
from wishlists.models.desk import Budget, Thanks
from wishlists.models.giving import Collection, Contribution, Reservation
from wishlists.models.items import Item
from wishlists.models.lists import Wishlist
from wishlists.models.people import Guest, Member
from wishlists.models.talk import Message
from wishlists.models.waiting import Waiter

__all__ = [
    "Activity",
    "Budget",
    "Collection",
    "Contribution",
    "Guest",
    "Item",
    "Member",
    "Message",
    "Reservation",
    "Thanks",
    "Waiter",
    "Wishlist",
]

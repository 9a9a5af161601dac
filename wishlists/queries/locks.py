"""The statements that find rows and lock them, and those that say who somebody is once the lock is theirs.

Which locks a verb takes, and in which order, is said in wishlists/services/locking.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import QuerySet, Subquery

from accounts.models import User
from core.db.change import lock, locks
from core.db.prepared import prepared
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.items import ItemQuerySet
from wishlists.queries.items import shown_to


class Place(NamedTuple):
    """What somebody with an account is on a list, and what they hold of one item of it."""

    role: str | None
    is_recipient: bool
    held_id: UUID | None = None


def lists_to_lock(wishlist_id: UUID, *, withdrawn_too: bool) -> list[Wishlist]:
    return _lists(wishlist_id=wishlist_id, withdrawn_too=withdrawn_too, locks=locks())


def items_to_lock(item_id: UUID, *, withdrawn_too: bool) -> list[Item]:
    """With its list, which is locked first, in one statement."""
    return _items(item_id=item_id, withdrawn_too=withdrawn_too, locks=locks())


def shown_items_to_lock(user: User, item_id: UUID, wishlist_id: UUID | None) -> list[Item]:
    """What `user` may open by its id, looked up and locked at once. Waiting for the lock looks again at the item and its
    list, so that one withdrawn meanwhile is not there."""
    return _shown_items(
        item_id=item_id, wishlist_id=wishlist_id, user_id=user.pk, tenant_id=user.tenant_id, locks=locks()
    )


def read_place(user_id: UUID, wishlist_id: UUID, item_id: UUID | None = None) -> Place:
    """`held_id` only where an item is named."""
    if item_id is None:
        return Place(*_places(wishlist_id=wishlist_id, user_id=user_id)[0])
    return Place(*_places_and_held(wishlist_id=wishlist_id, item_id=item_id, user_id=user_id)[0])


@prepared
def _lists(*, wishlist_id: UUID, withdrawn_too: bool, locks: bool) -> QuerySet[Wishlist]:
    rows = Wishlist.objects.all() if withdrawn_too else Wishlist.objects.live()
    return lock(rows.filter(pk=wishlist_id))


@prepared
def _items(*, item_id: UUID, withdrawn_too: bool, locks: bool) -> QuerySet[Item]:
    rows = Item.objects.select_related("wishlist").filter(pk=item_id)
    return _to_lock(rows if withdrawn_too else _there(rows))


@prepared
def _shown_items(*, locks: bool, **asked: Any) -> QuerySet[Item]:
    return _to_lock(_there(shown_to(**asked)))


def _there(rows: ItemQuerySet) -> ItemQuerySet:
    return rows.live().filter(wishlist__removed_at=None, wishlist__hidden_at=None)


def _to_lock(rows: ItemQuerySet) -> ItemQuerySet:
    return cast("ItemQuerySet", lock(rows, of=("wishlist", "self")))


@prepared
def _places(*, wishlist_id: UUID, user_id: UUID) -> QuerySet[Any, Any]:
    return _one_seen_by(user_id, wishlist_id).values_list("viewer_role", "viewer_is_recipient")


@prepared
def _places_and_held(*, wishlist_id: UUID, item_id: UUID, user_id: UUID) -> QuerySet[Any, Any]:
    mine = Reservation.objects.active().filter(item=item_id, user=user_id)
    there = _one_seen_by(user_id, wishlist_id).annotate(held_id=Subquery(mine.values("pk")[:1]))
    place: QuerySet[Any, Any] = there.values_list("viewer_role", "viewer_is_recipient", "held_id")
    return place


def _one_seen_by(user_id: UUID, wishlist_id: UUID) -> QuerySet[Any, Any]:
    return Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)

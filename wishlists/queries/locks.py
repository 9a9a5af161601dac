"""Statements that find and lock rows, and that read what a user is on a list once the lock is held.

wishlists/services/locking.py says which locks a service takes, and in which order.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.db.change import lock, locks
from core.db.prepared import prepared
from wishlists.models import Item, Wishlist
from wishlists.models.items import ItemQuerySet
from wishlists.queries.items import shown_to


class Place(NamedTuple):
    """What a user is on a list."""

    role: str | None
    is_recipient: bool


def lists_to_lock(wishlist_id: UUID, *, withdrawn_too: bool) -> list[Wishlist]:
    return _lists(wishlist_id=wishlist_id, withdrawn_too=withdrawn_too, locks=locks())


def items_to_lock(item_id: UUID, *, withdrawn_too: bool) -> list[Item]:
    """Return the item with its list, both locked by one statement, the list first."""
    return _items(item_id=item_id, withdrawn_too=withdrawn_too, locks=locks())


def shown_items_to_lock(user: User, item_id: UUID, wishlist_id: UUID | None) -> list[Item]:
    """Return the item that `user` may open by its id, found and locked by one statement.

    If it waits for the lock, the database checks the conditions again, so an item or list that was withdrawn meanwhile
    is not found.
    """
    return _shown_items(
        item_id=item_id, wishlist_id=wishlist_id, user_id=user.pk, tenant_id=user.tenant_id, locks=locks()
    )


def read_place(user_id: UUID, wishlist_id: UUID) -> Place:
    """Return what the user is on the list."""
    return Place(*_places(wishlist_id=wishlist_id, user_id=user_id)[0])


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
    seen: QuerySet[Any, Any] = Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)
    return seen.values_list("viewer_role", "viewer_is_recipient")

"""The locks that every verb takes, always in this order: the list, then its item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from wishlist_project.base.change import hold, is_held, lock, note
from wishlists.models import Item, Wishlist
from wishlists.models.items import ItemQuerySet
from wishlists.refusals import NoSuchItem, NoSuchList


@dataclass(frozen=True)
class ListHeld:
    """A fact of the open change: what is read of this list until it closes is as new as can be."""

    wishlist_id: UUID
    wishlist: Wishlist = field(compare=False)
    """As it was when it was locked."""


def lock_wishlist(wishlist: Wishlist, *, withdrawn_too: bool = False) -> Wishlist:
    """The list as it is now, locked until the change ends. Whoever holds it may change anything of the list.

    `withdrawn_too`: also one that was removed since, for givers who take back or keep what they promised there.
    """
    rows = Wishlist.objects.all() if withdrawn_too else Wishlist.objects.live()
    found = lock(rows.filter(pk=wishlist.pk)).first()
    if found is None:
        raise NoSuchList
    note(ListHeld(found.pk, found))
    _carry_asker(wishlist, found)
    return found


def lock_item(item: Item, *, withdrawn_too: bool = False) -> Item:
    """The item as it is now, its list locked first and both in one statement; one that is locked already, as it is.

    `withdrawn_too`: also of what was removed since, for givers who take back or keep what they promised there.
    What the asker is on the list (`my_role`, `i_am_recipient`) is carried over from `item.wishlist`.
    """
    if is_held(item):
        return item
    rows = Item.objects.select_related("wishlist").filter(pk=item.pk)
    found = _locked(rows if withdrawn_too else _there(rows))
    _carry_asker(item.wishlist, found.wishlist)
    return found


def shown_and_locked(rows: ItemQuerySet) -> ItemQuerySet:
    """`rows`, which an asker may see and which carry who they are (`.for_viewer`), looked up and locked at once. Waiting
    for the lock looks again at the item and its list, so that one withdrawn meanwhile is not there."""
    return _to_lock(_there(rows))


def hold_shown_item(found: Sequence[Item]) -> Item:
    """The one item of what `shown_and_locked` found."""
    return _held(found).with_asker()


def _there(rows: ItemQuerySet) -> ItemQuerySet:
    return rows.live().filter(wishlist__removed_at=None, wishlist__hidden_at=None)


def _locked(rows: ItemQuerySet) -> Item:
    return _held(_to_lock(rows)[:1])


def _to_lock(rows: ItemQuerySet) -> ItemQuerySet:
    return cast("ItemQuerySet", lock(rows, of=("wishlist", "self")))


def _held(found: Iterable[Item]) -> Item:
    for item in found:
        note(ListHeld(item.wishlist_id, item.wishlist))
        return hold(item)
    raise NoSuchItem


def _carry_asker(known: Wishlist, fresh: Wishlist) -> None:
    """Who the asker is was annotated on what the view read; a list read without an asker carries nothing over."""
    fresh.my_role = getattr(known, "my_role", None)
    fresh.i_am_recipient = getattr(known, "i_am_recipient", False)

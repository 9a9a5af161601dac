"""The locks that every verb takes, always in this order: the list, then its item.

Whoever waits for a lock waits for somebody's change, and it may have been about themselves: the one who holds it made
them a recipient. So what the asker is on the list is asked again once the lock is theirs: `lock_…_as` return it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import User
from core.db.change import hold, is_held, note, read_once
from wishlists.access.viewpoint import Viewpoint, viewpoint_on
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.locks import Place, items_to_lock, lists_to_lock, read_place, shown_items_to_lock
from wishlists.refusals import NoSuchItem, NoSuchList


@dataclass(frozen=True)
class ListHeld:
    """A fact of the open change: what is read of this list until it closes is as new as can be."""

    wishlist_id: UUID
    wishlist: Wishlist = field(compare=False)
    """As it was when it was locked."""


def lock_wishlist(wishlist: Wishlist, *, withdrawn_too: bool = False) -> Wishlist:
    """The list as it is now, locked until the change ends; one that is locked already, as it is. Whoever holds it may
    change anything of the list.

    `withdrawn_too`: also one that was removed since, for givers who take back or keep what they promised there.
    """
    if is_held(wishlist):
        return wishlist
    for found in lists_to_lock(wishlist.pk, withdrawn_too=withdrawn_too):
        note(ListHeld(found.pk, found))
        return hold(found)
    raise NoSuchList


def lock_wishlist_as(by: Viewer, wishlist: Wishlist, *, withdrawn_too: bool = False) -> Viewpoint:
    """The same, and what `by` is on it now."""
    return _viewpoint(by, lock_wishlist(wishlist, withdrawn_too=withdrawn_too))


def lock_item(item: Item, *, withdrawn_too: bool = False) -> Item:
    """The item as it is now, its list locked first and both in one statement; one that is locked already, as it is.

    `withdrawn_too`: also of what was removed since, for givers who take back or keep what they promised there.
    """
    return item if is_held(item) else _held(items_to_lock(item.pk, withdrawn_too=withdrawn_too))


def lock_item_as(by: Viewer, item: Item, *, withdrawn_too: bool = False) -> tuple[Item, Viewpoint]:
    """The same, and what `by` is on its list now."""
    current = lock_item(item, withdrawn_too=withdrawn_too)
    return current, _viewpoint(by, current.wishlist, current)


def lock_visible_item(user: User, item_id: UUID, wishlist_id: UUID | None = None) -> tuple[Item, Viewpoint]:
    """What `user` may open by its id, for those who are about to change it; within a change only. Whoever asked as a giver
    and is a recipient by now is refused: what they meant to give would else be told to the others as a mark of theirs."""
    item, by = _held(shown_items_to_lock(user, item_id, wishlist_id)), Viewer(user=user)
    before, now = viewpoint_on(by, item), _viewpoint(by, item.wishlist, item)
    if not before.is_recipient:
        now.require_giver()
    return item, now


def held_of(item: Item, by: Viewer) -> Reservation | None:
    """What `by` holds of `item`, which is locked. Nothing is read where the lock has found out that it is nothing."""
    active = Reservation.objects.active().held_by(by)
    if by.user is None:
        return active.filter(item=item).first()
    held_id = _place(by.user, item.wishlist, item).held_id
    return active.filter(pk=held_id).first() if held_id else None


def _held(found: Iterable[Item]) -> Item:
    for item in found:
        note(ListHeld(item.wishlist_id, item.wishlist))
        return hold(item)
    raise NoSuchItem


def _viewpoint(by: Viewer, held: Wishlist, item: Item | None = None) -> Viewpoint:
    """Whoever has no account has no place: nothing is asked for them."""
    if by.user is None:
        return Viewpoint(by, held)
    place = _place(by.user, held, item)
    return Viewpoint(by, held, role=place.role, is_recipient=place.is_recipient)


def _place(user: User, held: Wishlist, item: Item | None) -> Place:
    """In one statement, asked again only if something was noted meanwhile."""
    of = item.pk if item else None
    return read_once(("place", held.pk, of, user.pk), lambda: read_place(user.pk, held.pk, of))

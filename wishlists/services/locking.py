"""The locks that services take, always in this order: the list, then its item.

While a request waits for a lock, the transaction that holds it may make its user a recipient. So what the user is on
the list is read again once the lock is held: functions named `lock_…_as` return it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import User
from core.db.change import hold, is_held, lock, note, read_once
from wishlists.access.viewpoint import Viewpoint, viewpoint_on
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.lists import WishlistQuerySet
from wishlists.models.viewers import Viewer
from wishlists.queries.giving import GivingState, read_giving_state
from wishlists.queries.locks import Place, items_to_lock, lists_to_lock, read_place, shown_items_to_lock
from wishlists.refusals import NoSuchItem, NoSuchList


@dataclass(frozen=True)
class ListHeld:
    """A fact noted in the open transaction: this list is locked, so what is read of it stays true until the transaction
    ends.
    """

    wishlist_id: UUID
    wishlist: Wishlist = field(compare=False)
    """The list as it was when it was locked."""


def lock_wishlist(wishlist: Wishlist, *, withdrawn_too: bool = False) -> Wishlist:
    """Return the list as it is now, locked until the transaction ends. Any change to the list needs this lock.

    A list that is locked already is returned as it is. `withdrawn_too`: find removed lists as well, for givers who
    release or keep what they reserved there. Raises `NoSuchList`.
    """
    if is_held(wishlist):
        return wishlist
    for found in lists_to_lock(wishlist.pk, withdrawn_too=withdrawn_too):
        note(ListHeld(found.pk, found))
        return hold(found)
    raise NoSuchList


def lock_wishlists(wishlists: WishlistQuerySet) -> list[Wishlist]:
    """Return those of `wishlists` that are not removed, hidden ones too, locked by one statement in the order of their
    ids.
    """
    found = list(lock(wishlists.filter(removed_at=None).order_by("pk")))
    for one in found:
        note(ListHeld(one.pk, one))
        hold(one)
    return found


def lock_wishlist_as(by: Viewer, wishlist: Wishlist, *, withdrawn_too: bool = False) -> Viewpoint:
    """Lock the list like `lock_wishlist`, and return the viewpoint of `by` on it."""
    return _viewpoint(by, lock_wishlist(wishlist, withdrawn_too=withdrawn_too))


def lock_item(item: Item, *, withdrawn_too: bool = False) -> Item:
    """Return the item as it is now, locked with its list by one statement, the list first.

    An item that is locked already is returned as it is. `withdrawn_too`: find removed items as well, for givers who
    release or keep what they reserved. Raises `NoSuchItem`.
    """
    return item if is_held(item) else _held(items_to_lock(item.pk, withdrawn_too=withdrawn_too))


def lock_item_as(by: Viewer, item: Item, *, withdrawn_too: bool = False) -> tuple[Item, Viewpoint]:
    """Lock the item like `lock_item`, and return it with the viewpoint of `by` on its list."""
    current = lock_item(item, withdrawn_too=withdrawn_too)
    return current, _viewpoint(by, current.wishlist, current)


def lock_visible_item(user: User, item_id: UUID, wishlist_id: UUID | None = None) -> tuple[Item, Viewpoint]:
    """Lock the item that `user` may open by its id, and return it with their viewpoint. Call it inside a transaction.

    Refuses a user who was a giver when the request began and became a recipient while it waited. Otherwise their
    reservation would be stored as a recipient's mark, which others see. Raises `NoSuchItem`.
    """
    item, by = _held(shown_items_to_lock(user, item_id, wishlist_id)), Viewer(user=user)
    before, now = viewpoint_on(by, item), _viewpoint(by, item.wishlist, item)
    if not before.marks:
        now.require_giver()
    return item, now


def giving_state(item: Item, by: Viewer) -> GivingState:
    """Return what `by` finds on `item`, which is locked: what they are there, what they hold, and what is taken.

    It is read by one statement, and again only if the transaction has noted a change since.
    """
    giver = by.user.pk if by.user else by.guest and by.guest.pk
    return read_once(("giving", item.pk, giver), lambda: read_giving_state(item, by))


def held_of(item: Item, by: Viewer) -> Reservation | None:
    """Return the reservation of `by` on `item`, which is locked, and with it the reservation."""
    mine = giving_state(item, by).held
    if mine is None:
        return None
    mine.item = item
    return hold(mine)


def _held(found: Iterable[Item]) -> Item:
    for item in found:
        note(ListHeld(item.wishlist_id, item.wishlist))
        return hold(item)
    raise NoSuchItem


def _viewpoint(by: Viewer, held: Wishlist, item: Item | None = None) -> Viewpoint:
    """Return the viewpoint of `by`. Without an account they have no membership, so nothing is read."""
    if by.user is None:
        return Viewpoint(by, held)
    place = giving_state(item, by) if item else _place(by.user, held)
    return Viewpoint(by, held, role=place.role, is_recipient=place.is_recipient)


def _place(user: User, held: Wishlist) -> Place:
    """Read what the user is on the list, in one statement. It is read again only if the transaction has noted a change
    since.
    """
    return read_once(("place", held.pk, user.pk), lambda: read_place(user.pk, held.pk))

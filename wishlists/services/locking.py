"""The locks that every verb takes, always in this order: the list, then its item.

Whoever waits for a lock waits for somebody's change, and it may have been about themselves: the one who holds it made
them a recipient. So what the asker is on the list is asked again once the lock is theirs, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db import models
from django.db.models import Subquery

from accounts.models import User
from core.db.change import hold, is_held, lock, locks, note, read_once
from core.db.prepared import prepared
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.items import ItemQuerySet
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchItem, NoSuchList, RecipientsDoNotGive


@dataclass(frozen=True)
class ListHeld:
    """A fact of the open change: what is read of this list until it closes is as new as can be."""

    wishlist_id: UUID
    wishlist: Wishlist = field(compare=False)
    """As it was when it was locked."""


class Asker(NamedTuple):
    """What somebody with an account is on a list, and what they hold of one item of it."""

    role: str | None
    is_recipient: bool
    held_id: UUID | None = None


def lock_wishlist(wishlist: Wishlist, *, withdrawn_too: bool = False) -> Wishlist:
    """The list as it is now, locked until the change ends. Whoever holds it may change anything of the list.

    `withdrawn_too`: also one that was removed since, for givers who take back or keep what they promised there.
    What the asker is on it (`my_role`, `i_am_recipient`) is asked again, if `wishlist` says who asks.
    """
    for found in _lists(wishlist_id=wishlist.pk, withdrawn_too=withdrawn_too, locks=locks()):
        note(ListHeld(found.pk, found))
        _ask_again(wishlist, found)
        return found
    raise NoSuchList


def lock_item(item: Item, *, withdrawn_too: bool = False) -> Item:
    """The item as it is now, its list locked first and both in one statement; one that is locked already, as it is.

    `withdrawn_too`: also of what was removed since, for givers who take back or keep what they promised there.
    What the asker is on the list (`my_role`, `i_am_recipient`) is asked again, if `item.wishlist` says who asks.
    """
    if is_held(item):
        return item
    found = _held(_items(item_id=item.pk, withdrawn_too=withdrawn_too, locks=locks()))
    _ask_again(item.wishlist, found.wishlist, found)
    return found


def lock_wishlist_for_giver(wishlist: Wishlist) -> Wishlist:
    """`lock_wishlist` for what givers alone do. Recipients are refused before anything is looked at: which of two answers
    they got would tell."""
    return _for_giver(lock_wishlist(wishlist))


def lock_item_for_giver(item: Item, *, withdrawn_too: bool = False) -> Item:
    """`lock_item` in the same way."""
    current = lock_item(item, withdrawn_too=withdrawn_too)
    _for_giver(current.wishlist)
    return current


def _for_giver(wishlist: Wishlist) -> Wishlist:
    if wishlist.i_am_recipient:
        raise RecipientsDoNotGive
    return wishlist


def shown_and_locked(rows: ItemQuerySet) -> ItemQuerySet:
    """`rows`, which an asker may see and which carry who they are (`.for_viewer`), looked up and locked at once. Waiting
    for the lock looks again at the item and its list, so that one withdrawn meanwhile is not there."""
    return _to_lock(_there(rows))


def hold_shown_item(found: Sequence[Item]) -> Item:
    """The one item of what `shown_and_locked` found. Whoever asked as a giver and is a recipient by now is refused: what
    they meant to give would else be told to the others as a mark of theirs."""
    item = _held(found).with_asker()
    _ask_again(item.wishlist, item.wishlist, item)
    if item.wishlist.i_am_recipient and not item.viewer_is_recipient:
        raise RecipientsDoNotGive
    return item


def held_of(item: Item, by: Viewer) -> Reservation | None:
    """What `by` holds of `item`, which is locked. Nothing is read where the lock has found out that it is nothing."""
    active = Reservation.objects.active().held_by(by)
    if by.user is None or by.user.pk != getattr(item.wishlist, "asker_id", None):
        return active.filter(item=item).first()
    held_id = _asker_now(item.wishlist, item).held_id
    return active.filter(pk=held_id).first() if held_id else None


def _there(rows: ItemQuerySet) -> ItemQuerySet:
    return rows.live().filter(wishlist__removed_at=None, wishlist__hidden_at=None)


@prepared
def _lists(*, wishlist_id: UUID, withdrawn_too: bool, locks: bool) -> models.QuerySet[Wishlist]:
    rows = Wishlist.objects.all() if withdrawn_too else Wishlist.objects.live()
    return lock(rows.filter(pk=wishlist_id))


@prepared
def _items(*, item_id: UUID, withdrawn_too: bool, locks: bool) -> models.QuerySet[Item]:
    rows = Item.objects.select_related("wishlist").filter(pk=item_id)
    return _to_lock(rows if withdrawn_too else _there(rows))


def _to_lock(rows: ItemQuerySet) -> ItemQuerySet:
    return cast("ItemQuerySet", lock(rows, of=("wishlist", "self")))


def _held(found: Iterable[Item]) -> Item:
    for item in found:
        note(ListHeld(item.wishlist_id, item.wishlist))
        return hold(item)
    raise NoSuchItem


def _ask_again(known: Wishlist, fresh: Wishlist, item: Item | None = None) -> None:
    """Who asks was annotated on what the view read, before the lock; what they are is asked now. Where nobody asks with
    an account, it stays as it was read; a list read without an asker carries nothing over."""
    fresh.asker_id = getattr(known, "asker_id", None)
    fresh.my_role = getattr(known, "my_role", None)
    fresh.i_am_recipient = getattr(known, "i_am_recipient", False)
    if fresh.asker_id is not None:
        now = _asker_now(fresh, item)
        fresh.my_role, fresh.i_am_recipient = now.role, now.is_recipient


def _asker_now(wishlist: Wishlist, item: Item | None) -> Asker:
    """In one statement, asked again only if something was noted meanwhile."""
    of, user_id = item.pk if item else None, wishlist.asker_id
    assert user_id is not None
    return read_once(("asker", wishlist.pk, of, user_id), lambda: _read_asker(wishlist.pk, of, user_id))


def _read_asker(wishlist_id: UUID, item_id: UUID | None, user_id: UUID) -> Asker:
    if item_id is None:
        return Asker(*_askers(wishlist_id=wishlist_id, user_id=user_id)[0])
    return Asker(*_askers_and_held(wishlist_id=wishlist_id, item_id=item_id, user_id=user_id)[0])


@prepared
def _askers(*, wishlist_id: UUID, user_id: UUID) -> models.QuerySet[Any, Any]:
    return _one_asked_by(user_id, wishlist_id).values_list("my_role", "i_am_recipient")


@prepared
def _askers_and_held(*, wishlist_id: UUID, item_id: UUID, user_id: UUID) -> models.QuerySet[Any, Any]:
    mine = Reservation.objects.active().filter(item=item_id, user=user_id)
    there = _one_asked_by(user_id, wishlist_id).annotate(held_id=Subquery(mine.values("pk")[:1]))
    asked: models.QuerySet[Any, Any] = there.values_list("my_role", "i_am_recipient", "held_id")
    return asked


def _one_asked_by(user_id: UUID, wishlist_id: UUID) -> models.QuerySet[Any, Any]:
    return Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)

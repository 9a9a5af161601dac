"""Who may still read a list on which they once promised something.

A promise outlives the place of whoever made it: it stays on their desk. What the list and its wish say after they
were seen out is none of their business any more (G8), so everything that tells holders something asks here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from wishlists.audience import Viewer
from wishlists.models import Member, Wishlist
from wishlists.refusals import NoLongerLetIn

Doors = Callable[[], QuerySet[Any, Any]]
"""The lists, as rows of `{"wishlist": id}`, that somebody with the right key may open without a place there."""

_doors: list[Doors] = []


def register_door(lists: Doors) -> Doors:
    """Ways in are made on the floor above, and said here while it starts."""
    _doors.append(lists)
    return lists


@dataclass(frozen=True)
class Reach:
    """`left_at`: until when one who no longer reads the list did so, if that is known."""

    reads: bool
    left_at: datetime | None = None


def reach_of(giver: Viewer, lists: Collection[Wishlist]) -> Mapping[UUID, Reach]:
    """How far `giver`, who promised something on each of `lists`, still sees there. One statement, or two.

    A guest was let in by whoever read their link or manage token, just now.
    """
    user = giver.user
    if user is None:
        return {wishlist.pk: Reach(reads=True) for wishlist in lists}
    left = _places(user, lists)
    doors = [wishlist for wishlist in lists if wishlist.pk not in left]
    open_to_all = _opened(doors) if doors else set()
    return {wishlist.pk: _reach(wishlist, user, left, open_to_all) for wishlist in lists}


def reads(giver: Viewer, wishlist: Wishlist) -> bool:
    return reach_of(giver, [wishlist])[wishlist.pk].reads


def require_reach(giver: Viewer, wishlist: Wishlist) -> None:
    """Before anything is looked at: the refusal tells nothing of the list."""
    if not reads(giver, wishlist):
        raise NoLongerLetIn


def readers_among(people: QuerySet[User], wishlist: Wishlist) -> QuerySet[User]:
    """Those of `people`, all of whom promised something on `wishlist`, who may still read it."""
    places = Member.objects.filter(wishlist=wishlist)
    let_in = Q(pk__in=places.live().values("user"))
    if wishlist.is_public:
        let_in |= Q(tenant_id=wishlist.tenant_id)
    if _opened([wishlist]):
        let_in |= ~Q(pk__in=places.values("user"))
    return people.filter(let_in)


def _places(user: User, lists: Collection[Wishlist]) -> dict[UUID, datetime | None]:
    """When `user` left each list on which they ever had a place; None where they have one."""
    rows = Member.objects.filter(user=user, wishlist__in=lists).values_list("wishlist_id", "removed_at")
    left: dict[UUID, datetime | None] = {}
    for wishlist_id, removed_at in rows:
        before = left.get(wishlist_id, removed_at)
        left[wishlist_id] = max(before, removed_at) if before and removed_at else None
    return left


def _opened(lists: Collection[Wishlist]) -> set[UUID]:
    return {row["wishlist"] for door in _doors for row in door().filter(wishlist__in=lists)}


def _reach(wishlist: Wishlist, user: User, left: Mapping[UUID, datetime | None], opened: set[UUID]) -> Reach:
    if wishlist.is_public and wishlist.tenant_id == user.tenant_id:
        return Reach(reads=True)
    if wishlist.pk not in left:
        return Reach(reads=wishlist.pk in opened)
    left_at = left[wishlist.pk]
    return Reach(reads=left_at is None, left_at=left_at)

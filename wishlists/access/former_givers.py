"""What people who reserved or paid something may still read of the list, after they lost access or became recipients.

A reservation stays among its giver's gifts. What the list says after they lost access is no longer theirs to read (G8),
and what givers do after somebody became a recipient is a secret from them (G3). Both keep what they took, as it was
then. Everything that notifies holders asks here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from wishlists.access.audience import sight_of
from wishlists.models import Activity, Member, Wishlist
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.refusals import NoLongerLetIn, RecipientsDoNotGive

OpenLists = Callable[[], QuerySet[Any, Any]]
"""The lists, as rows of `{"wishlist": id}`, that somebody with the right key may open without a place there."""

_open_lists: list[OpenLists] = []


def register_open_lists(lists: OpenLists) -> OpenLists:
    """Ways in are made on the floor above, and said here while it starts."""
    _open_lists.append(lists)
    return lists


@dataclass(frozen=True)
class GiverAccess:
    """`left_at`: until when one who no longer reads the list did so, if that is known. `is_recipient`: it became theirs."""

    reads: bool
    left_at: datetime | None = None
    is_recipient: bool = False


@dataclass(frozen=True)
class _Places:
    """All that one person ever had on one list. `left_at` is None while they have one."""

    left_at: datetime | None
    is_recipient: bool


def giver_access_of(giver: Viewer, lists: Collection[Wishlist]) -> Mapping[UUID, GiverAccess]:
    """Return what `giver`, who gave something on each of `lists`, may still read there. One statement; one more for lists
    on which they never had a place, and one for lists of which they became a recipient.

    A guest was let in by whoever read their link or manage token, just now.
    """
    user = giver.user
    if user is None:
        return {wishlist.pk: GiverAccess(reads=True) for wishlist in lists}
    places = _places(user, lists)
    without_place = [wishlist for wishlist in lists if wishlist.pk not in places]
    open_to_all = open_by_link(without_place) if without_place else set()
    blind = [wishlist for wishlist in lists if _is_blind(wishlist, places.get(wishlist.pk))]
    became_recipient_at = _became_recipient_at(user, blind) if blind else {}
    return {wishlist.pk: _giver_access(wishlist, user, places, open_to_all) for wishlist in lists} | {
        wishlist.pk: GiverAccess(reads=False, left_at=became_recipient_at.get(wishlist.pk), is_recipient=True)
        for wishlist in blind
    }


def reads(giver: Viewer, wishlist: Wishlist) -> bool:
    return giver_access_of(giver, [wishlist])[wishlist.pk].reads


def require_giver_access(giver: Viewer, wishlist: Wishlist) -> None:
    """Of whoever takes more. Before anything is looked at: the refusal tells nothing of the list."""
    access = giver_access_of(giver, [wishlist])[wishlist.pk]
    if access.is_recipient:
        raise RecipientsDoNotGive
    if not access.reads:
        raise NoLongerLetIn


def readers_among(people: QuerySet[User], wishlist: Wishlist) -> QuerySet[User]:
    """Return those of `people`, all of whom gave something on `wishlist`, who may still read it."""
    places = Member.objects.filter(wishlist=wishlist)
    let_in = Q(pk__in=places.live().values("user"))
    if wishlist.is_public:
        let_in |= Q(tenant_id=wishlist.tenant_id)
    if open_by_link([wishlist]):
        let_in |= ~Q(pk__in=places.values("user"))
    return people.filter(let_in)


def former_givers(wishlist: Wishlist) -> QuerySet[Member, UUID]:
    """Recipients who hold what they reserved before they became one: only they can give it back."""
    return Member.objects.blinding().filter(wishlist=wishlist).values_list("user_id", flat=True)


def _places(user: User, lists: Collection[Wishlist]) -> dict[UUID, _Places]:
    rows = Member.objects.filter(user=user, wishlist__in=lists)
    found: dict[UUID, _Places] = {}
    for wishlist_id, removed_at, is_recipient in rows.values_list(
        "wishlist_id", "removed_at", "is_recipient"
    ):
        before = found.get(wishlist_id, _Places(removed_at, is_recipient))
        left_at = max(before.left_at, removed_at) if before.left_at and removed_at else None
        found[wishlist_id] = _Places(left_at, before.is_recipient or is_recipient)
    return found


def _is_blind(wishlist: Wishlist, places: _Places | None) -> bool:
    """Whoever leaves as a recipient stays blind while there is a secret, as `MemberQuerySet.blinding` says."""
    is_recipient = places is not None and places.is_recipient
    return is_recipient and sight_of(Audience.RECIPIENT, wishlist) is not Sight.FULL


def _became_recipient_at(user: User, lists: Collection[Wishlist]) -> dict[UUID, datetime]:
    """When each of `lists` became theirs: what had happened before, they know."""
    said = Activity.objects.filter(wishlist__in=lists, kind="recipients_changed", detail__person=str(user.pk))
    return dict(said.order_by("created_at").values_list("wishlist_id", "created_at"))


def open_by_link(lists: Collection[Wishlist]) -> set[UUID]:
    """Those of `lists` that a link opens now."""
    return {row["wishlist"] for open_lists in _open_lists for row in open_lists().filter(wishlist__in=lists)}


def _giver_access(
    wishlist: Wishlist, user: User, places: Mapping[UUID, _Places], opened: set[UUID]
) -> GiverAccess:
    place = places.get(wishlist.pk)
    is_recipient = place is not None and place.is_recipient and place.left_at is None
    if wishlist.is_public and wishlist.tenant_id == user.tenant_id:
        return GiverAccess(reads=True, is_recipient=is_recipient)
    if place is None:
        return GiverAccess(reads=wishlist.pk in opened)
    return GiverAccess(reads=place.left_at is None, left_at=place.left_at, is_recipient=is_recipient)

"""What people who reserved or paid something may still read of the list, after they lost access or became recipients.

A reservation stays among its giver's gifts. After they lost access, they must not read what the list says (G8). After
they became a recipient, they must not see what givers do (G3). In both cases they keep what they took, as it was then.
Everything that notifies holders asks here.
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
"""A function that returns rows `{"wishlist": id}`: the lists that can be opened with a link, without being a member."""

_open_lists: list[OpenLists] = []


def register_open_lists(lists: OpenLists) -> OpenLists:
    """Register a function that finds the lists with a working link. Apps that build on this one call it at start-up."""
    _open_lists.append(lists)
    return lists


@dataclass(frozen=True)
class GiverAccess:
    """Whether a giver can still read the list.

    `left_at`: until when they could read it, if that is known. `is_recipient`: they became a recipient.
    """

    reads: bool
    left_at: datetime | None = None
    is_recipient: bool = False


@dataclass(frozen=True)
class _Places:
    """Summary of all memberships that one person had on one list. `left_at` is None while one of them is live."""

    left_at: datetime | None
    is_recipient: bool


def giver_access_of(giver: Viewer, lists: Collection[Wishlist]) -> Mapping[UUID, GiverAccess]:
    """Return what `giver`, who gave something on each of `lists`, may still read there.

    Runs one statement, one more for lists of which they were never a member, and one for lists of which they became a
    recipient. Guests may read: their link or manage token was checked in this request.
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
    """Refuse givers who lost access or became recipients, if they want to take more.

    Call it before anything else is read, so that the refusal tells nothing about the list.
    """
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
    """Return the ids of users who are blind on `wishlist`. What they reserved before is still theirs, and only they can
    release it.
    """
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
    """Return whether giving is hidden from this person. Recipients who leave stay blind while there is a secret, as in
    `MemberQuerySet.blinding`.
    """
    is_recipient = places is not None and places.is_recipient
    return is_recipient and sight_of(Audience.RECIPIENT, wishlist) is not Sight.FULL


def _became_recipient_at(user: User, lists: Collection[Wishlist]) -> dict[UUID, datetime]:
    """Return when `user` became a recipient of each of `lists`. They know what happened before that."""
    said = Activity.objects.filter(wishlist__in=lists, kind="recipients_changed", detail__person=str(user.pk))
    return dict(said.order_by("created_at").values_list("wishlist_id", "created_at"))


def open_by_link(lists: Collection[Wishlist]) -> set[UUID]:
    """Return the ids of those of `lists` that can be opened with a link now."""
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

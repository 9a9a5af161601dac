"""A giver collects: for an item, or for the list as a whole. An organiser, perhaps a target, perhaps a deadline.

All of it is the givers' secret. Nothing here looks at what recipients did, and nothing that recipients do looks here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.db.change import change
from core.jobs.sweeping import sweep
from wishlists.models import Collection, Contribution, Item, Member, Wishlist
from wishlists.models.people import MemberQuerySet
from wishlists.models.viewers import Viewer
from wishlists.refusals import (
    CollectionOpen,
    NoSuchCollection,
    NoSuchItem,
    NoSuchOrganiser,
    OrganisersOnly,
)
from wishlists.services.activity import record
from wishlists.services.locking import lock_wishlist, lock_wishlist_as
from wishlists.services.money.contributing import free_pledges
from wishlists.services.money.funding import (
    Fund,
    fund_of_collection,
    fund_of_item,
    fund_of_pot,
    things_of,
)
from wishlists.services.notices.money_notices import tell_ended, tell_handed_over, tell_missed, tell_reached


@change()
def open_collection(
    *,
    wishlist: Wishlist,
    by: User,
    currency: str,
    item_id: UUID | None = None,
    target_minor: int | None = None,
    deadline_at: datetime | None = None,
    note: str = "",
) -> Collection:
    """Collect for an item, or for the list's pot. One at a time; what was chipped in before counts towards the target."""
    current = _lock_for_member(wishlist, by)
    item = _item(current, item_id)
    fund = fund_of_item(item) if item else fund_of_pot(current)
    if fund.collection is not None:
        raise CollectionOpen
    fund.refuse_other_currency(currency)
    made = Collection.objects.create(
        wishlist=current,
        item=item,
        organiser=by,
        target_minor=target_minor,
        currency=currency,
        deadline_at=deadline_at,
        note=note,
    )
    record(wishlist=current, kind="collection_opened", by=Viewer(user=by), item=item)
    return made


@change()
def change_collection(*, collection: Collection, by: User, **fields: Any) -> Collection:
    """Another target, deadline or note. A target below the sum is let in, and then nothing more is."""
    current = _lock_own(collection, by)
    changed = [name for name, new in fields.items() if getattr(current, name) != new]
    for name in changed:
        setattr(current, name, fields[name])
    if changed:
        current.save(update_fields=changed)
        kind = "collection_changed"
        record(
            wishlist=current.wishlist,
            kind=kind,
            by=Viewer(user=by),
            item=current.item,
            fields=sorted(changed),
        )
    return current


@change()
def hand_over_collection(*, collection: Collection, by: User, to_id: UUID) -> Collection:
    """Let another giver of the list go on with it."""
    current = _lock_own(collection, by)
    if current.organiser_id == to_id:
        return current
    place = _givers(current).filter(user=to_id).select_related("user").first()
    if place is None:
        raise NoSuchOrganiser
    current.organiser = place.user
    current.save(update_fields=["organiser"])
    record(
        wishlist=current.wishlist,
        kind="collection_handed_over",
        by=Viewer(user=by),
        item=current.item,
        person=str(to_id),
    )
    tell_handed_over(current, by=by)
    return current


@change()
def end_collection(*, collection: Collection, by: User) -> Collection:
    """End the group gift. Contributions are kept."""
    current = _lock_own(collection, by)
    _close(current, "collection_ended", Viewer(user=by))
    tell_ended(current, by=by)
    return current


def end_due_collections() -> int:
    """End every collection whose deadline has come; each in a change of its own, so that one failure holds up no other."""
    due = Collection.objects.due(timezone.now())
    return sweep(_end_due, due.order_by("pk").values_list("pk", flat=True), what="Collection")


@change()
def _end_due(pk: UUID) -> bool:
    """Look again under the lock. Short of the target, pledges are freed; what was paid stays for people to settle."""
    collection = Collection.objects.select_related("wishlist").get(pk=pk)
    wishlist = lock_wishlist(collection.wishlist, withdrawn_too=True)
    current = Collection.objects.due(timezone.now()).filter(pk=collection.pk).first()
    if current is None:
        return False
    current.wishlist = wishlist
    fund = fund_of_collection(current)
    if is_reached(current, fund):
        _close(current, "collection_reached", Viewer())
        tell_reached(current, fund)
    else:
        _close(current, "collection_missed", Viewer())
        blind = Member.objects.blinding().filter(wishlist=wishlist).values_list("user", flat=True)
        given = Contribution.objects.filter(things_of(current))
        tell_missed(current, free_pledges(given, unseen_by=set(blind)))
    return True


def is_reached(collection: Collection, fund: Fund) -> bool:
    """Whoever named no target has reached it."""
    return fund.sums.get(collection.currency, 0) >= (collection.target_minor or 0)


def _close(collection: Collection, kind: str, by: Viewer) -> None:
    collection.ended_at = timezone.now()
    collection.save(update_fields=["ended_at"])
    record(wishlist=collection.wishlist, kind=kind, by=by, item=collection.item)


def _lock_for_member(wishlist: Wishlist, by: User) -> Wishlist:
    return lock_wishlist_as(Viewer(user=by), wishlist).require_giver().require_member().wishlist


def _item(wishlist: Wishlist, item_id: UUID | None) -> Item | None:
    if item_id is None:
        return None
    item = Item.objects.live().filter(wishlist=wishlist, pk=item_id).first()
    if item is None:
        raise NoSuchItem
    item.wishlist = wishlist
    return item


def _lock_own(collection: Collection, by: User) -> Collection:
    """The collection as it now is, open and of `by`. One whose organiser gives here no longer is any giver's."""
    wishlist = _lock_for_member(collection.wishlist, by)
    current = wishlist.collections.open().filter(pk=collection.pk).select_related("item").first()
    if current is None:
        raise NoSuchCollection
    current.wishlist = wishlist
    is_left = not _givers(current).filter(user=current.organiser_id).exists()
    if current.organiser_id != by.pk and not is_left:
        raise OrganisersOnly
    return current


def _givers(collection: Collection) -> MemberQuerySet:
    """Who is let in and may know of it, the organiser or not."""
    here = Member.objects.filter(wishlist=collection.wishlist_id)
    blind = here.blinding().values("user")
    return here.live().filter(user__is_active=True).exclude(user__in=blind)

"""Places in line on the wire: one's own, with how many are ahead. Who they are, nobody is told."""

from __future__ import annotations

from wishlists.audience import Viewer, audience_of, sight_of
from wishlists.models import Item, Member, Waiter, Wishlist
from wishlists.models.waiting import WaiterQuerySet
from wishlists.projections import Row, project_item, read_items

_COLUMNS = ("id", "item_id", "item__wishlist_id", "created_at", "ahead")


def places_of(giver: Viewer) -> WaiterQuerySet:
    """Where `giver` waits, the newest first: for what is there, and on no list that is for them."""
    there = Item.objects.live().filter(wishlist__in=Wishlist.objects.live())
    mine = Waiter.objects.in_line().held_by(giver).filter(item__in=there)
    if giver.user is not None:
        blind = Member.objects.blinding().filter(user=giver.user)
        mine = mine.exclude(item__wishlist__in=blind.values("wishlist"))
    return mine.order_by("-created_at", "-id")


def project_places(places: WaiterQuerySet, giver: Viewer) -> list[Row]:
    """Each with its item as the giver may see it."""
    rows = list(places.with_ahead().values(*_COLUMNS))
    facts = {
        fact.id: fact
        for fact in read_items(Item.objects.filter(pk__in={row["item_id"] for row in rows}), giving=True)
    }
    found = Wishlist.objects.for_viewer(giver.user).filter(pk__in={row["item__wishlist_id"] for row in rows})
    lists = {wishlist.pk: wishlist for wishlist in found}
    projected = []
    for row in rows:
        wishlist = lists[row["item__wishlist_id"]]
        sight = sight_of(audience_of(giver, wishlist), wishlist)
        projected.append(
            {
                "id": row["id"],
                "item_id": row["item_id"],
                "wishlist_id": wishlist.pk,
                "wishlist_title": wishlist.title,
                "item": project_item(facts[row["item_id"]], wishlist, sight),
                "ahead": row["ahead"],
                "created_at": row["created_at"],
            }
        )
    return projected

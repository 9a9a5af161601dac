"""The viewer's own places on waitlists, with how many givers are ahead. Nobody learns who they are."""

from __future__ import annotations

from django.db.models import F

from core.projections.fields import Field, Projection
from wishlists.access.former_givers import giver_access_of
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.models import Item, Member, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.models.waitlist import WaitlistEntryQuerySet
from wishlists.projections.items import project_item, read_items_by_id
from wishlists.projections.rows import Row
from wishlists.projections.sights import OWN, Told
from wishlists.refusals import NotWaiting

PLACE = Projection(
    "place",
    Told,
    Field("id", sights=OWN),
    Field("item_id", sights=OWN),
    Field("wishlist_id", sights=OWN, column="item__wishlist_id"),
    Field("wishlist_title", sights=OWN, given=True),
    Field("item", sights=OWN, given=True),
    Field("ahead", sights=OWN, get=lambda row, offer: 0 if offer else row["ahead"]),
    Field("held_until", sights=OWN, get=lambda _, offer: offer and offer.lapses_at),
    Field("reservation_id", sights=OWN, get=lambda _, offer: offer and offer.pk),
    Field("created_at", sights=OWN),
)
"""A place in line, for the giver who waits. Built from its row and from the offer that they hold."""

_COLUMNS = (*PLACE.columns(*Told), "ahead")


def places_of(giver: Viewer) -> WaitlistEntryQuerySet:
    """Return where `giver` waits, newest first.

    Leaves out removed items, lists of which they are a recipient, and lists that they can no longer read.
    """
    mine = WaitlistEntry.objects.in_line().held_by(giver).there()
    if giver.user is not None:
        blind = Member.objects.blinding().filter(user=giver.user)
        mine = mine.exclude(item__wishlist__in=blind.values("wishlist"))
        lists = list(Wishlist.objects.filter(pk__in=mine.order_by().values("item__wishlist")))
        mine = mine.filter(
            item__wishlist__in=[pk for pk, access in giver_access_of(giver, lists).items() if access.reads]
        )
    return mine.order_by("-created_at", "-id")


def place_on(item: Item, viewpoint: Viewpoint) -> Row:
    """Return the viewer's place for one item: in line, or with the offer that they hold.

    Recipients are refused before anything else is read, as when they try to join.
    """
    giver = viewpoint.require_giver().viewer
    mine = WaitlistEntry.objects.filter(item=item).held_by(giver)
    newest = mine.order_by(F("ended_at").desc(nulls_first=True)).first()
    if newest is None:
        raise NotWaiting
    [row] = project_places(mine.filter(pk=newest.pk), giver)
    if newest.ended_at is not None and row["held_until"] is None:
        raise NotWaiting
    return row


def project_places(places: WaitlistEntryQuerySet, giver: Viewer) -> list[Row]:
    """Return the places, each with its item as the giver may see it."""
    rows = list(places.with_ahead().values(*_COLUMNS))
    facts = {fact.id: fact for fact in read_items_by_id({row["item_id"] for row in rows})}
    lists = Wishlist.objects.filter(pk__in={row["item__wishlist_id"] for row in rows})
    viewpoints = viewpoints_of(giver, lists)
    offers = Reservation.objects.active().held_by(giver).filter(is_offer=True, item__in=facts)
    held = {offer.item_id: offer for offer in offers}
    projected: list[Row] = []
    for row in rows:
        viewpoint = viewpoints[row["item__wishlist_id"]]
        wishlist = viewpoint.wishlist
        item = project_item(facts[row["item_id"]], wishlist, viewpoint.sight)
        projected.append(
            PLACE.project(row, Told.OWN, held.get(row["item_id"]), wishlist_title=wishlist.title, item=item)
        )
    return projected

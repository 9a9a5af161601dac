"""Contributions to items and pots, and collections. What recipients may not know is not even read for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.db.prepared import prepared
from core.money.money import Money
from core.projections.fields import Field, Get, Projection
from wishlists.access.audience import sight_of
from wishlists.access.former_givers import GiverAccess, giver_access_of
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.models import Collection, Contribution, Item, Wishlist
from wishlists.models.giving import CollectionQuerySet, ContributionQuerySet
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.projections.giver_names import GIVER_COLUMNS, is_me, name_of, shows_names
from wishlists.projections.items import ItemFacts, project_item, read_items_by_id
from wishlists.projections.rows import Row, money_of
from wishlists.projections.sights import ANYBODY, EVERYBODY, NAMED, OWN, SEEING_MONEY, Told
from wishlists.projections.snapshots import occasion_taken, snapshot_of_contributed


def _nothing(_row: None, currency: str) -> Money:
    return Money(0, currency)


_SUMS: tuple[Field[Sight], ...] = (
    Field("total", sights=SEEING_MONEY, given=True, otherwise=_nothing),
    Field("total_pledged", sights=SEEING_MONEY, given=True, otherwise=_nothing),
    Field("total_paid", sights=SEEING_MONEY, given=True, otherwise=_nothing),
)

CONTRIBUTIONS = Projection(
    "contributions",
    Sight,
    *_SUMS,
    Field("contributions", sights=SEEING_MONEY, given=True, otherwise=lambda *_: []),
)
"""Who contributed how much, to the item or pot."""

POT = Projection("pot", Sight, *_SUMS, Field("currency", sights=EVERYBODY, given=True))
"""The totals in an event, in the currency beside them."""

CONTRIBUTION = Projection(
    "contribution",
    Told,
    Field("id", sights=OWN),
    Field("amount", sights=ANYBODY, get=money_of("amount_minor")),
    Field("currency", sights=ANYBODY),
    Field("status", sights=ANYBODY),
    Field("display_name", sights=NAMED, get=lambda row, _: name_of(row)),
    Field("is_me", sights=OWN, get=lambda *_: True, hidden_as=False),
)
"""`id` is only given to the contributor, who needs it to change the contribution."""

OWN_CONTRIBUTION = Projection(
    "own contribution",
    Told,
    Field("id", sights=OWN),
    Field("wishlist_id", sights=OWN, column="list_id"),
    Field("wishlist_title", sights=OWN, given=True),
    Field("occasion", sights=OWN, given=True),
    Field("item", sights=OWN, given=True),
    Field("item_id", sights=OWN),
    Field("amount", sights=OWN, get=money_of("amount_minor")),
    Field("currency", sights=OWN),
    Field("status", sights=OWN),
    Field("is_snapshot", sights=OWN, given=True),
    Field("withdrawn", sights=OWN, given=True),
    Field("created_at", sights=OWN),
)
"""A contribution in its giver's My gifts."""


def _total_of(row: Row) -> int:
    total: int = row["item_sum"] if row["item_id"] else row["pot_sum"]
    return total


def _total(row: Row, _viewer: object) -> Money:
    return Money(_total_of(row), row["currency"])


def _missing(row: Row, _viewer: object) -> Money | None:
    target = row["target_minor"]
    return None if target is None else Money(max(0, target - _total_of(row)), row["currency"])


def _own(column: str) -> Get:
    """The organiser sees that they are, even if the list hides names. An event has no viewer, so it doesn't say."""
    return lambda row, viewer: row[column] if _is_organiser(row, viewer) else None


def _is_organiser(row: Row, viewer: Viewer | None) -> bool:
    return viewer is not None and viewer.user is not None and bool(row["organiser_id"] == viewer.user.pk)


_AMONG_GIVERS = ANYBODY - {Told.OUTSIDE}

COLLECTION = Projection(
    "collection",
    Told,
    Field("id", sights=ANYBODY),
    Field("wishlist_id", sights=ANYBODY),
    Field("item_id", sights=ANYBODY),
    Field("organiser_id", sights=NAMED, otherwise=_own("organiser_id")),
    Field(
        "organiser_name",
        sights=NAMED,
        column="organiser__display_name",
        otherwise=_own("organiser__display_name"),
    ),
    Field("target", sights=ANYBODY, get=money_of("target_minor")),
    Field("total", sights=ANYBODY, get=_total),
    Field("remaining", sights=ANYBODY, get=_missing),
    Field("currency", sights=ANYBODY),
    Field("note", sights=_AMONG_GIVERS, empty_is_null=True),
    Field("deadline_at", sights=ANYBODY),
    Field("created_at", sights=_AMONG_GIVERS),
)
"""A collection in an event, for audiences that may see money."""

COLLECTION_TO_ASKER = COLLECTION.also(
    "collection to an asker", Field("is_me", sights=ANYBODY, get=_is_organiser)
)

_COLUMNS = tuple(dict.fromkeys((*COLLECTION.columns(*Told), "target_minor", "item_sum", "pot_sum")))
_CONTRIBUTION_COLUMNS = tuple(dict.fromkeys((*CONTRIBUTION.columns(*Told), "amount_minor", *GIVER_COLUMNS)))
_MINE = tuple(dict.fromkeys((*OWN_CONTRIBUTION.columns(*Told), "pot_id", "amount_minor", "taken_as")))


def project_contributions(item: Item, viewpoint: Viewpoint) -> Row:
    """Return who contributed how much, with the totals in the currency in which money for the item is counted."""
    return _contributions(Contribution.objects.standing().filter(item=item), viewpoint)


def project_pot(viewpoint: Viewpoint) -> Row:
    """Return the contributions to the list's pot, like `project_contributions`."""
    return _contributions(Contribution.objects.standing().filter(pot=viewpoint.wishlist), viewpoint)


def _contributions(standing: ContributionQuerySet, viewpoint: Viewpoint) -> Row:
    sight = viewpoint.sight
    rows = _rows(standing, sight)
    named = shows_names(sight, viewpoint.wishlist)
    currency = rows[0]["currency"] if rows else settings.DEFAULT_CURRENCY
    return CONTRIBUTIONS.project(
        None,
        sight,
        currency,
        **_totals(rows, currency),
        contributions=[
            CONTRIBUTION.project(row, Told.of(mine=is_me(row, viewpoint.viewer), named=named)) for row in rows
        ],
    )


def project_pot_for(wishlist: Wishlist, audience: Audience) -> Row:
    """Return the pot without any givers. For an audience that may not see money, nothing is read."""
    sight = sight_of(audience, wishlist)
    if sight not in SEEING_MONEY:
        currency = settings.DEFAULT_CURRENCY
        return POT.project(None, sight, currency, **_totals([], currency), currency=currency)
    rows = _of_pot(wishlist_id=wishlist.pk)
    currency = rows[0]["currency"] if rows else _pot_currency(wishlist)
    return POT.project(None, sight, currency, **_totals(rows, currency), currency=currency)


def _rows(standing: ContributionQuerySet, sight: Sight) -> list[Row]:
    """Return the contributions. For an audience that may not see money, none, and nothing is read."""
    if sight not in SEEING_MONEY:
        return []
    return list(_in_order(standing))


def _in_order(standing: ContributionQuerySet) -> QuerySet[Contribution, Row]:
    rows: QuerySet[Contribution, Row] = standing.order_by("created_at", "id").values(*_CONTRIBUTION_COLUMNS)
    return rows


@prepared
def _of_pot(*, wishlist_id: UUID) -> QuerySet[Contribution, Row]:
    return _in_order(Contribution.objects.standing().filter(pot=wishlist_id))


def _pot_currency(wishlist: Wishlist) -> str:
    """Return the currency of the pot. Without contributions, that of the open collection, as in
    `ItemQuerySet.with_counted_currency`.
    """
    collected = Collection.objects.open().filter(wishlist=wishlist, item=None)
    return collected.values_list("currency", flat=True).first() or settings.DEFAULT_CURRENCY


def _totals(rows: list[Row], currency: str) -> Row:
    return {
        "total": _sum_of(rows, currency, *Contribution.Status.values),
        "total_pledged": _sum_of(rows, currency, Contribution.Status.PLEDGED),
        "total_paid": _sum_of(rows, currency, Contribution.Status.PAID),
    }


def _sum_of(rows: Iterable[Row], currency: str, *statuses: str) -> Money:
    counted = (row for row in rows if row["currency"] == currency and row["status"] in statuses)
    return Money(sum(row["amount_minor"] for row in counted), currency)


def collections_of(viewpoint: Viewpoint) -> CollectionQuerySet:
    """Return the open collections that the viewer may see. Recipients see none until they see everything."""
    return collections_for(viewpoint.audience, viewpoint.wishlist)


def collections_for(audience: Audience, wishlist: Wishlist) -> CollectionQuerySet:
    """Return the open collections that an audience may see."""
    if sight_of(audience, wishlist) not in SEEING_MONEY:
        return Collection.objects.none()
    return _open_collections(wishlist.pk, audience)


def _open_collections(wishlist_id: UUID, audience: Audience) -> CollectionQuerySet:
    """Return the open collections, if that sight may see money."""
    rows = Collection.objects.open().filter(Q(item=None) | Q(item__removed_at=None), wishlist=wishlist_id)
    if audience.is_outside:
        rows = rows.exclude(item__is_secret=True)
    return rows.order_by("created_at", "id")


def project_collections(collections: CollectionQuerySet, viewpoint: Viewpoint) -> list[Row]:
    """Return totals for the public, and names and notes for members. Runs one statement, however many there are."""
    told = _told(viewpoint.wishlist, viewpoint.audience)
    return [COLLECTION_TO_ASKER.project(row, told, viewpoint.viewer) for row in _with_sums(collections)]


def project_collections_for(wishlist: Wishlist, audience: Audience) -> list[Row]:
    """Return the open collections for an event: the same for everybody in the audience, without anything personal."""
    if sight_of(audience, wishlist) not in SEEING_MONEY:
        return []
    rows = _collections_of_list(wishlist_id=wishlist.pk, audience=audience)
    return [COLLECTION.project(row, _told(wishlist, audience)) for row in rows]


def project_collection_for(item_id: UUID | None, wishlist: Wishlist, audience: Audience) -> list[Row]:
    """Return the collection for one item, or for the pot, for an event: one row, or none."""
    if sight_of(audience, wishlist) not in SEEING_MONEY:
        return []
    rows = _collections_of_item(wishlist_id=wishlist.pk, item_id=item_id, audience=audience)
    return [COLLECTION.project(row, _told(wishlist, audience)) for row in rows]


@prepared
def _collections_of_list(*, wishlist_id: UUID, audience: Audience) -> QuerySet[Collection, Row]:
    return _with_sums(_open_collections(wishlist_id, audience))


@prepared
def _collections_of_item(
    *, wishlist_id: UUID, item_id: UUID | None, audience: Audience
) -> QuerySet[Collection, Row]:
    return _with_sums(_open_collections(wishlist_id, audience).filter(item=item_id))


def _with_sums(collections: CollectionQuerySet) -> QuerySet[Collection, Row]:
    summed = collections.annotate(item_sum=_sum("item_id", "item_id"), pot_sum=_sum("pot_id", "wishlist_id"))
    rows: QuerySet[Collection, Row] = summed.values(*_COLUMNS)
    return rows


def _sum(column: str, of: str) -> Coalesce:
    standing = Contribution.objects.standing().filter(
        **{column: OuterRef(of), "currency": OuterRef("currency")}
    )
    return Coalesce(
        Subquery(standing.order_by().values(column).annotate(n=Sum("amount_minor")).values("n")), 0
    )


def _told(wishlist: Wishlist, audience: Audience) -> Told:
    """Return how much the audience is told: the public gets totals, members get notes, and names if the list shows
    them.
    """
    if audience.is_outside:
        return Told.OUTSIDE
    return Told.of(mine=False, named=wishlist.names_shown)


def contributions_by(giver: Viewer) -> ContributionQuerySet:
    """Return what `giver` contributed, newest first, also for withdrawn items. It stays in My gifts.

    Includes lists of which they became a recipient; `project_own_contributions` shows those as snapshots.
    """
    mine = Contribution.objects.shown_to_giver().held_by(giver)
    shown = mine.filter(Q(item__wishlist__hidden_at=None), Q(pot__hidden_at=None))
    return shown.order_by("-created_at", "-id")


def project_own_contributions(contributions: ContributionQuerySet, giver: Viewer) -> list[Row]:
    """Return the giver's contributions, each with its item as they may see it, or null for the pot.

    Givers who lost access or became recipients get list and item as they were when they contributed (G8, G3).
    """
    rows = list(contributions.annotate(list_id=Coalesce(F("item__wishlist_id"), F("pot_id"))).values(*_MINE))
    items = _items(row["item_id"] for row in rows)
    lists = viewpoints_of(giver, Wishlist.objects.filter(pk__in={row["list_id"] for row in rows}))
    access = giver_access_of(giver, [viewpoint.wishlist for viewpoint in lists.values()])
    return [_own_row(row, lists[row["list_id"]], items.get(row["item_id"]), access) for row in rows]


def _items(ids: Iterable[UUID | None]) -> dict[UUID, ItemFacts]:
    wanted = {pk for pk in ids if pk is not None}
    return {facts.id: facts for facts in read_items_by_id(wanted)}


def _own_row(
    row: Row, viewpoint: Viewpoint, item: ItemFacts | None, access: Mapping[UUID, GiverAccess]
) -> Row:
    wishlist = viewpoint.wishlist
    reads, left_at = access[wishlist.pk].reads, access[wishlist.pk].left_at
    gone = [wishlist.removed_at, item.row["removed_at"] if item else None]
    ends = [end for end in gone if end is not None]
    seen = _as_it_is(viewpoint, item) if reads else _as_it_was(row, wishlist, item)
    withdrawn = bool(ends) if reads else left_at is not None and any(end <= left_at for end in ends)
    return OWN_CONTRIBUTION.project(row, Told.OWN, **seen, is_snapshot=not reads, withdrawn=withdrawn)


def _as_it_is(viewpoint: Viewpoint, item: ItemFacts | None) -> Row:
    wishlist = viewpoint.wishlist
    return {
        "wishlist_title": wishlist.title,
        "occasion": {"title": wishlist.title, "due_date": wishlist.due_date},
        "item": project_item(item, wishlist, viewpoint.sight) if item else None,
    }


def _as_it_was(row: Row, wishlist: Wishlist, item: ItemFacts | None) -> Row:
    """Return empty values if there is no snapshot."""
    known = bool(row["taken_as"])
    occasion = occasion_taken(row)
    return {
        "wishlist_title": occasion["title"] if known else None,
        "occasion": occasion,
        "item": snapshot_of_contributed(row, item, wishlist) if known and item else None,
    }

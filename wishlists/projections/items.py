"""One projection of an item per audience, for the API, pages, sockets, e-mails and errors.

Rows are read once as `ItemFacts` (one statement, however many there are), and projected for each audience. The field
names are those of the API contract (docs/contract.md).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from core.db.change import know, read_once
from core.db.prepared import prepared
from core.money.money import NO_MONEY, Money
from core.projections.fields import Field, Get, Projection
from wishlists.models.giving import Reservation
from wishlists.models.items import Item, ItemQuerySet
from wishlists.models.lists import Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.rows import Row, money_of
from wishlists.projections.sights import EVERYBODY, GIVERS, LET_IN, SEEING_GIVING, SEEING_MONEY

SEVERAL = {"links": ("link_url", "more_links"), "image_urls": ("image_url", "more_images")}
"""Fields with several values: the column of the first, which older clients know, and that of the others."""


def addresses(row: Mapping[str, Any], first: str, more: str) -> list[str]:
    """Return all values, the first one first, if there is one."""
    return [*filter(None, [row[first]]), *row[more]]


def _several(name: str) -> Get:
    first, more = SEVERAL[name]
    return lambda row, _wishlist: addresses(row, first, more)


def _marked_status(row: Row, _wishlist: Wishlist) -> str:
    """Return the status of a recipient's mark. It closes the item for everybody, and everybody sees it."""
    if not row["mark"]:
        return "available"
    return "purchased" if row["mark"] == Item.Mark.RECEIVED else "reserved"


def _marked_free(row: Row, _wishlist: Wishlist) -> int | None:
    return 0 if row["mark"] else row["quantity"]


def _status(row: Row, wishlist: Wishlist) -> str:
    if row["mark"]:
        return _marked_status(row, wishlist)
    if row["cap"] is None or row["cap"] > row["units_taken"]:
        return "reserved" if row["is_closed"] else "available"
    return "purchased" if row["is_bought"] else "reserved"


def _free(row: Row, _wishlist: Wishlist) -> int | None:
    if row["mark"]:
        return 0
    free = None if row["cap"] is None else row["cap"] - row["units_taken"]
    return 0 if row["is_closed"] else free


def _of_holder(column: str, or_column: str | None = None, *, of_mark: str | None = None) -> Get:
    """Return a value of the holder, if one person has all units and may be named, or of the recipient who marked the
    item.
    """

    def get(row: Row, wishlist: Wishlist) -> Any:
        if row["mark"]:
            return of_mark and row[of_mark]
        if not wishlist.names_shown or row["holder__pk"] is None:
            return None
        return row[column] or (or_column and row[or_column])

    return get


def _contributed(row: Row, _wishlist: Wishlist) -> Money:
    return Money(row["pledged_minor"] + row["paid_minor"], row["counted_currency"])


def _received_at(row: Row, _wishlist: Wishlist) -> Any:
    return row["marked_at"] if row["mark"] == Item.Mark.RECEIVED else None


ITEM = Projection(
    "item",
    Sight,
    Field("id", sights=EVERYBODY),
    Field("wishlist_id", sights=EVERYBODY),
    Field("title", sights=EVERYBODY),
    Field("description", sights=EVERYBODY, empty_is_null=True),
    Field("link_url", sights=EVERYBODY, empty_is_null=True),
    Field("image_url", sights=EVERYBODY, empty_is_null=True),
    Field("links", sights=EVERYBODY, get=_several("links")),
    Field("image_urls", sights=EVERYBODY, get=_several("image_urls")),
    Field("price", sights=EVERYBODY, get=money_of("price_minor")),
    Field("currency", sights=EVERYBODY),
    Field("position", sights=EVERYBODY),
    Field("quantity", sights=EVERYBODY),
    Field("choice", sights=EVERYBODY),
    Field("reservation_status", sights=SEEING_GIVING, get=_status, otherwise=_marked_status),
    Field("units_free", sights=SEEING_GIVING, get=_free, otherwise=_marked_free),
    Field("reserved_by_id", sights=GIVERS, get=_of_holder("holder__user_id", of_mark="marked_by_id")),
    Field(
        "reserved_by_name",
        sights=GIVERS,
        get=_of_holder(
            "holder__user__display_name", "holder__guest__name", of_mark="marked_by__display_name"
        ),
    ),
    Field("reserved_at", sights=GIVERS, get=_of_holder("holder__created_at", of_mark="marked_at")),
    Field("reservation_message", sights=GIVERS, get=_of_holder("holder__message")),
    Field("contributed_total", sights=SEEING_MONEY, get=_contributed, hidden_as=NO_MONEY),
    Field(
        "contributed_pledged",
        sights=SEEING_MONEY,
        get=money_of("pledged_minor", "counted_currency"),
        hidden_as=NO_MONEY,
    ),
    Field(
        "contributed_paid",
        sights=SEEING_MONEY,
        get=money_of("paid_minor", "counted_currency"),
        hidden_as=NO_MONEY,
    ),
    Field(
        "contributed_currency",
        sights=SEEING_MONEY,
        column="counted_currency",
        otherwise=lambda row, _wishlist: row["currency"],
    ),
    Field("contributed_by_id", sights=LET_IN),
    Field("is_secret", sights=EVERYBODY),
    Field("received_at", sights=EVERYBODY, get=_received_at),
    Field("created_at", sights=EVERYBODY),
    Field("updated_at", sights=EVERYBODY),
)
"""An item, as everybody who may know about it gets it."""

_PUBLIC_COLUMNS = tuple(
    dict.fromkeys(
        (
            *ITEM.columns(Sight.HIDDEN, Sight.BLIND), "more_links", "more_images", "price_minor", "cap", "mark",
            "marked_by_id", "marked_by__display_name", "marked_at", "draft_of_id", "removed_at",
        )
    )
)  # fmt: skip
"""Fields that viewers who may not see giving get too, and the columns that they need."""

GIVING_COLUMNS = tuple(
    dict.fromkeys(
        (
            *_PUBLIC_COLUMNS, *ITEM.columns(*SEEING_GIVING), "units_taken",
            "pledged_minor", "paid_minor", "is_bought", "is_closed", "holder__pk", "holder__user_id",
            "holder__user__display_name", "holder__guest__name", "holder__message", "holder__created_at",
        )
    )
)  # fmt: skip


@dataclass(frozen=True)
class ItemFacts:
    """An item's row. The columns about giving are absent if it was read without them."""

    row: Row

    @property
    def id(self) -> UUID:
        return self.row["id"]  # type: ignore[no-any-return]


def read_items(items: ItemQuerySet, *, giving: bool) -> list[ItemFacts]:
    """Return the facts of `items` in order, in one statement."""
    return [ItemFacts(row) for row in _columns(items, giving=giving)]


def _columns(items: ItemQuerySet, *, giving: bool) -> Any:
    if not giving:
        return items.values(*_PUBLIC_COLUMNS)
    return with_giving(items).values(*GIVING_COLUMNS)


def with_giving(items: ItemQuerySet) -> ItemQuerySet:
    """Add what `GIVING_COLUMNS` need."""
    return _with_holder(items.with_contributed())


@prepared
def _columns_of_one(*, item_id: UUID, giving: bool) -> QuerySet[Item, Row]:
    rows: QuerySet[Item, Row] = _columns(Item.objects.filter(pk=item_id), giving=giving)
    return rows


@prepared
def _columns_of_list(*, wishlist_id: UUID, sight: Sight) -> QuerySet[Item, Row]:
    items = Item.objects.seen_with(sight).filter(wishlist_id=wishlist_id).in_order()
    rows: QuerySet[Item, Row] = _columns(items, giving=sight.sees_giving)
    return rows


def _with_holder(items: ItemQuerySet) -> ItemQuerySet:
    """Add `holder`, the reservation that takes all units, if there is one; `is_bought`: no unit is only reserved; and
    `is_closed`: an alternative is taken.

    The units taken never exceed the cap. So a reservation as large as the cap is the only one, and no row is doubled.
    """
    takes_all = Q(reservations__released_at=None, reservations__units__gte=F("cap"))
    unbought = Reservation.objects.active().unbought().filter(item_id=OuterRef("pk"))
    taken = Item.objects.alike().filter(units_taken__gt=0)
    return items.annotate(
        holder=FilteredRelation("reservations", condition=takes_all),
        is_bought=~Exists(unbought),
        is_closed=Exists(taken),
    )


def read_held_items(ids: Collection[UUID]) -> list[ItemFacts]:
    """Return the facts of items whose list is locked by this transaction. They are read again only after a further
    change.
    """
    return read_once(_held_key(ids), lambda: read_items_by_id(ids))


def know_held_item(facts: ItemFacts) -> None:
    """Let `read_held_items` return these facts of a locked item, without a statement, until the next change is noted.

    Call it after a write that says all that has changed.
    """
    know(_held_key([facts.id]), [facts])


def _held_key(ids: Collection[UUID]) -> Hashable:
    return "items", frozenset(ids)


def read_items_by_id(ids: Collection[UUID]) -> list[ItemFacts]:
    """Return the facts of these items with giving, in no order. Most changes concern one item."""
    if len(ids) <= 1:
        return [ItemFacts(row) for pk in ids for row in _columns_of_one(item_id=pk, giving=True)]
    return read_items(Item.objects.filter(pk__in=ids), giving=True)


def project_list(wishlist: Wishlist, sight: Sight) -> list[Row]:
    """Return all items on the list that somebody with that sight sees, in order."""
    shown = ITEM.shown_to(sight)
    return [shown(row, wishlist) for row in _columns_of_list(wishlist_id=wishlist.pk, sight=sight)]


def project_items(items: ItemQuerySet, wishlist: Wishlist, sight: Sight) -> list[Row]:
    """Return the items for somebody with that sight. With BLIND, giving is not even read."""
    shown = ITEM.shown_to(sight)
    return [shown(row, wishlist) for row in _columns(items, giving=sight.sees_giving)]


def project_one(item_id: UUID, wishlist: Wishlist, sight: Sight) -> Row:
    """Return the item as `project_items` does."""
    [row] = _columns_of_one(item_id=item_id, giving=sight.sees_giving)
    return project_item(ItemFacts(row), wishlist, sight)


def project_item(facts: ItemFacts, wishlist: Wishlist, sight: Sight) -> Row:
    """Return one item as the API shows it."""
    return ITEM.shown_to(sight)(facts.row, wishlist)

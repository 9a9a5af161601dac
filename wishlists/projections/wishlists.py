"""One projection for each audience: what REST, pages, sockets, e-mails and errors all show of a list and its items.

Rows are read once as `ItemFacts` (one statement, whatever their number), then projected as often as there are
audiences. The names of the fields are those of the wire contract (docs/contract.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from core.db.change import read_once
from core.db.prepared import prepared
from core.money.money import to_wire
from wishlists.access.viewpoint import Viewpoint
from wishlists.models.giving import Reservation
from wishlists.models.items import Item, ItemQuerySet
from wishlists.models.lists import Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.rows import Row
from wishlists.projections.who_sees import recipients_see

_PUBLIC_COLUMNS = (
    "id", "wishlist_id", "title", "description", "link_url", "image_url", "more_links", "more_images",
    "price_minor", "currency", "position",
    "quantity", "choice", "cap", "mark", "marked_by_id", "marked_by__display_name", "marked_at", "contributed_by_id",
    "is_secret", "draft_of_id", "created_at", "updated_at", "removed_at",
)  # fmt: skip
_GIVING_COLUMNS = (
    "units_taken", "pledged_minor", "paid_minor", "counted_currency", "is_bought", "is_closed", "holder__pk", "holder__user_id",
    "holder__user__display_name", "holder__guest__name", "holder__message", "holder__created_at",
)  # fmt: skip

_NAMELESS = (Sight.HIDDEN, Sight.TOTALS)
"""Those who came by a link are not told who added a wish."""


@dataclass(frozen=True)
class ItemFacts:
    """An item's row; what givers did is absent when it was read without giving."""

    row: Row

    @property
    def id(self) -> UUID:
        return self.row["id"]  # type: ignore[no-any-return]


def read_items(items: ItemQuerySet, *, giving: bool) -> list[ItemFacts]:
    """The facts of `items` in their order, in one statement."""
    return [ItemFacts(row) for row in _columns(items, giving=giving)]


def _columns(items: ItemQuerySet, *, giving: bool) -> Any:
    if not giving:
        return items.values(*_PUBLIC_COLUMNS)
    shown = _with_holder(items.with_contributed())
    return shown.values(*_PUBLIC_COLUMNS, *_GIVING_COLUMNS)


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
    """Adds `holder`, the one reservation that takes all there is, if any, `is_bought`: nothing is only reserved, and
    `is_closed`: one of its alternatives is taken.

    All that is taken is never more than the cap, so a reservation as large as the cap is alone, and no row doubles.
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
    """The facts of items whose list the open change holds: read again only after a further change."""
    return read_once(("items", frozenset(ids)), lambda: read_items_by_id(ids))


def read_items_by_id(ids: Collection[UUID]) -> list[ItemFacts]:
    """The facts of these items, with what givers did, in no order. Most changes are of one item."""
    if len(ids) <= 1:
        return [ItemFacts(row) for pk in ids for row in _columns_of_one(item_id=pk, giving=True)]
    return read_items(Item.objects.filter(pk__in=ids), giving=True)


def project_list(wishlist: Wishlist, sight: Sight) -> list[Row]:
    """All that is on the list for somebody with that sight, in its order."""
    rows = _columns_of_list(wishlist_id=wishlist.pk, sight=sight)
    return [project_item(ItemFacts(row), wishlist, sight) for row in rows]


def project_items(items: ItemQuerySet, wishlist: Wishlist, sight: Sight) -> list[Row]:
    """Items as somebody with that sight gets them. With BLIND, what givers did is not even read."""
    facts = read_items(items, giving=sight.sees_giving)
    return [project_item(fact, wishlist, sight) for fact in facts]


def project_one(item_id: UUID, wishlist: Wishlist, sight: Sight) -> Row:
    """The item as `project_items` gives it."""
    [row] = _columns_of_one(item_id=item_id, giving=sight.sees_giving)
    return project_item(ItemFacts(row), wishlist, sight)


def project_item(facts: ItemFacts, wishlist: Wishlist, sight: Sight) -> Row:
    """One item on the wire. Money is a number in the currency's major unit."""
    row = facts.row
    return {
        "id": row["id"],
        "wishlist_id": row["wishlist_id"],
        "title": row["title"],
        "description": row["description"] or None,
        "link_url": row["link_url"] or None,
        "image_url": row["image_url"] or None,
        **{name: addresses(row, *columns) for name, columns in SEVERAL.items()},
        "price": to_wire(row["price_minor"], row["currency"]),
        "currency": row["currency"],
        "position": row["position"],
        "quantity": row["quantity"],
        "choice": row["choice"],
        **_availability(facts, sight),
        **_holder(facts, sight, names_shown=wishlist.names_shown),
        **_contributed(row, sight),
        "contributed_by_id": None if sight in _NAMELESS else row["contributed_by_id"],
        "is_secret": row["is_secret"],
        "received_at": row["marked_at"] if row["mark"] == Item.Mark.RECEIVED else None,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


SEVERAL = {"links": ("link_url", "more_links"), "image_urls": ("image_url", "more_images")}
"""Of what an item may have several: the columns of the first, which older clients know, and of the others."""


def addresses(row: Mapping[str, Any], first: str, more: str) -> list[str]:
    """All of them, the first first, if there is one."""
    return [*filter(None, [row[first]]), *row[more]]


def _availability(facts: ItemFacts, sight: Sight) -> Row:
    """Status and free units. A recipient's own mark closes the item for everybody, and shows to everybody."""
    row = facts.row
    if row["mark"]:
        received = row["mark"] == Item.Mark.RECEIVED
        return {"reservation_status": "purchased" if received else "reserved", "units_free": 0}
    if not sight.sees_giving:
        return {"reservation_status": "available", "units_free": row["quantity"]}
    free = None if row["cap"] is None else row["cap"] - row["units_taken"]
    if free != 0 and row["is_closed"]:
        return {"reservation_status": "reserved", "units_free": 0}
    if free != 0:
        return {"reservation_status": "available", "units_free": free}
    return {"reservation_status": "purchased" if row["is_bought"] else "reserved", "units_free": 0}


def _holder(facts: ItemFacts, sight: Sight, *, names_shown: bool) -> Row:
    """Who has it, when one person has all of it and that may be told."""
    row = facts.row
    if sight is Sight.FULL and row["mark"]:
        return _held_by(row["marked_by_id"], row["marked_by__display_name"], row["marked_at"], None)
    if sight is not Sight.FULL or not names_shown or row["holder__pk"] is None:
        return _held_by(None, None, None, None)
    name = row["holder__user__display_name"] or row["holder__guest__name"]
    return _held_by(row["holder__user_id"], name, row["holder__created_at"], row["holder__message"] or None)


def _held_by(user_id: UUID | None, name: str | None, since: Any, message: str | None) -> Row:
    return {
        "reserved_by_id": user_id,
        "reserved_by_name": name,
        "reserved_at": since,
        "reservation_message": message,
    }


def _contributed(row: Row, sight: Sight) -> Row:
    if sight not in (Sight.TOTALS, Sight.FULL):
        nothing = {"contributed_total": 0, "contributed_pledged": 0, "contributed_paid": 0}
        return nothing | {"contributed_currency": row["currency"]}
    pledged, paid, currency = row["pledged_minor"], row["paid_minor"], row["counted_currency"]
    return {
        "contributed_total": to_wire(pledged + paid, currency),
        "contributed_pledged": to_wire(pledged, currency),
        "contributed_paid": to_wire(paid, currency),
        "contributed_currency": currency,
    }


def project_wishlist(wishlist: Wishlist) -> Row:
    """A list as everyone who may see it gets it; the same for all, so that a stream can carry it."""
    return {
        "id": wishlist.id,
        "owner_id": wishlist.owner_id,
        "title": wishlist.title,
        "description": wishlist.description or None,
        "is_public": wishlist.is_public,
        "sort_order": wishlist.sort_order,
        "due_date": wishlist.due_date,
        "policy": wishlist.policy,
        "recipients_see": recipients_see(wishlist),
        "reveal_at": wishlist.reveal_at,
        "names_shown": wishlist.names_shown,
        "recipient_name": wishlist.recipient_name or None,
        "guests_confirm": wishlist.guests_confirm,
        "guests_identify": wishlist.guests_identify,
        "lapse_days": wishlist.lapse_days,
        "secret_additions": wishlist.secret_additions,
        "suggestions_from": wishlist.suggestions_from,
        "time_zone": wishlist.time_zone,
        "reveal_on": wishlist.reveal_on,
        "revealed_at": wishlist.revealed_at,
        "created_at": wishlist.created_at,
        "updated_at": wishlist.updated_at,
    }


def project_wishlist_for(viewpoint: Viewpoint) -> Row:
    """A list as one person gets it, with what is theirs alone."""
    return project_wishlist(viewpoint.wishlist) | {
        "my_role": viewpoint.role,
        "i_am_recipient": viewpoint.is_recipient,
    }


def project_counted(viewpoints: Iterable[Viewpoint]) -> list[Row]:
    """Lists with `items_count` and the `purchased_count` that the asker may know. From `.with_counts()`."""
    return [project_wishlist_for(viewpoint) | counts_of(viewpoint) for viewpoint in viewpoints]


def counts_of(viewpoint: Viewpoint) -> Row:
    """What recipients marked received, or what is bought, as the asker's sight says."""
    wishlist, sight = viewpoint.wishlist, viewpoint.sight
    count = wishlist.items_count
    bought = wishlist.bought_count if sight.sees_giving else wishlist.received_count
    if sight.sees_secrets:
        count, bought = count + wishlist.secrets_count, bought + wishlist.secrets_bought_count
    return {"items_count": count, "purchased_count": bought}

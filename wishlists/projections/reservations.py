"""What givers promised, as those who may know of it get it: reservations on the wire.

Like wishlists.py: rows are read with as many statements for one as for a hundred, then projected. Somebody who is
blind to giving gets what they would get if nobody had promised anything, and nothing is read for it.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from core.money.money import to_wire
from wishlists.access.former_givers import GiverAccess, former_givers, giver_access_of
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.models import Item, Member, Reservation, Wishlist
from wishlists.models.giving import ReservationQuerySet
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections.giver_names import GIVER_COLUMNS, is_me, name_of, shows_names
from wishlists.projections.item_changes import changes_between
from wishlists.projections.rows import Row
from wishlists.projections.snapshots import occasion_taken, snapshot_of, taken
from wishlists.projections.wishlists import ItemFacts, project_item, read_items_by_id

_RESERVATION_COLUMNS = (
    "id", "item_id", "units", "stage", "message", "price_minor", "currency", "taken_as", "is_offer", "lapses_at",
    "created_at", "updated_at", "released_at", *GIVER_COLUMNS,
)  # fmt: skip
_SEEING_RESERVATIONS = (Sight.TOTALS, Sight.FULL)


def reservations_of(giver: Viewer, *, released: bool = False) -> ReservationQuerySet:
    """What `giver` holds (or gave back), newest first, also on what was withdrawn since: it stays on their desk.

    Also of lists that became theirs, as they took it: a desk is a channel like any other (`project_reservations`).
    """
    rows = Reservation.objects.released() if released else Reservation.objects.active()
    shown = rows.held_by(giver).filter(item__wishlist__hidden_at=None)
    return shown.order_by("-created_at", "-id")


def project_reservations(reservations: ReservationQuerySet, giver: Viewer) -> list[Row]:
    """The giver's own reservations, each with its item as they may see it, and with what changed since they took it.

    `giver` is the holder of them all; a guest is let in by whoever read their link or token (wishlists/access/former_givers.py).
    """
    rows = list(reservations.values(*_RESERVATION_COLUMNS))
    items = read_items_by_id({row["item_id"] for row in rows})
    facts = {fact.id: fact for fact in items}
    rows_of_lists = Wishlist.objects.filter(pk__in={fact.row["wishlist_id"] for fact in items})
    viewpoints = viewpoints_of(giver, rows_of_lists)
    lists = [viewpoint.wishlist for viewpoint in viewpoints.values()]
    access, names = giver_access_of(giver, lists), recipients_of(lists)
    projected = []
    for row in rows:
        item = facts[row["item_id"]]
        viewpoint = viewpoints[item.row["wishlist_id"]]
        wishlist = viewpoint.wishlist
        if access[wishlist.pk].reads:
            projected.append(_reservation(row, item, viewpoint) | {"recipients": names[wishlist.pk]})
        else:
            projected.append(_former_givers_reservation(row, item, wishlist, giver, access[wishlist.pk]))
    return projected


def recipients_of(lists: Collection[Wishlist]) -> dict[UUID, list[str]]:
    """For whom each of `lists` is, by name."""
    names: dict[UUID, list[str]] = {wishlist.pk: [] for wishlist in lists}
    places = Member.objects.recipients().filter(wishlist__in=names).order_by("created_at", "id")
    for wishlist_id, name in places.values_list("wishlist_id", "user__display_name"):
        names[wishlist_id].append(name)
    for wishlist in lists:
        names[wishlist.pk] += [wishlist.recipient_name] if wishlist.recipient_name else []
    return names


def _reservation(row: Row, item: ItemFacts, viewpoint: Viewpoint) -> Row:
    wishlist = viewpoint.wishlist
    seen = project_item(item, wishlist, viewpoint.sight)
    withdrawn = item.row["removed_at"] is not None or wishlist.removed_at is not None
    return _project_reservation(row, seen, wishlist, viewpoint.viewer, withdrawn=withdrawn)


def _former_givers_reservation(
    row: Row, item: ItemFacts, wishlist: Wishlist, giver: Viewer, access: GiverAccess
) -> Row:
    """For those who were seen out, and for those whose list it became: what they took, as they took it, and nothing
    newer (G8, G3)."""
    ends = [item.row["removed_at"], wishlist.removed_at]
    occasion, left_at = occasion_taken(row), access.left_at
    return _project_reservation(row, snapshot_of(row, item, wishlist), wishlist, giver) | {
        "wishlist_title": occasion["title"],
        "occasion": occasion,
        "withdrawn": left_at is not None and any(end is not None and end <= left_at for end in ends),
        "is_snapshot": True,
        "is_former_giver": access.is_recipient,
    }


def project_reservations_of(item: Item, viewpoint: Viewpoint) -> list[Row]:
    """The active reservations of one item, oldest first: with names to givers, without to the public, none to the blind.

    Status and free units are all that the policy *status* tells recipients, so they get no rows either.
    """
    wishlist, sight = viewpoint.wishlist, viewpoint.sight
    if sight not in _SEEING_RESERVATIONS:
        return []
    active = Reservation.objects.active().filter(item=item).order_by("created_at", "id")
    rows = list(active.values(*_RESERVATION_COLUMNS))
    if not rows:
        return []
    [facts] = read_items_by_id([item.pk])
    seen = project_item(facts, wishlist, sight)
    named, recipients = shows_names(sight, wishlist), recipients_of([wishlist])[wishlist.pk]
    former = set(former_givers(wishlist)) if named else set()
    projected = [
        _project_reservation(row, seen, wishlist, viewpoint.viewer, named=named)
        | {"is_former_giver": row["user_id"] in former}
        for row in rows
    ]
    return [row | {"recipients": recipients if row["is_me"] or named else []} for row in projected]


def _project_reservation(
    row: Row, item: Row, wishlist: Wishlist, viewer: Viewer, *, named: bool = False, withdrawn: bool = False
) -> Row:
    """`named`: whether other people's names, words and times are told. One's own always are."""
    mine = is_me(row, viewer)
    told = named or mine
    return {
        "id": row["id"],
        "item_id": row["item_id"],
        "wishlist_id": wishlist.pk,
        "wishlist_title": wishlist.title,
        "occasion": {"title": wishlist.title, "due_date": wishlist.due_date},
        "recipients": [],
        "item": item,
        "units": row["units"],
        "status": Reservation.Status.at(row["stage"]),
        "stage": row["stage"],
        "message": (row["message"] or None) if told else None,
        "price": to_wire(row["price_minor"], row["currency"]),
        "currency": row["currency"],
        "display_name": name_of(row) if told else None,
        "is_me": mine,
        "is_former_giver": False,
        "is_offer": row["is_offer"] and told,
        "lapses_at": row["lapses_at"] if told else None,
        "changes": changes_between(taken(row), item) if mine else {},
        "is_snapshot": False,
        "withdrawn": withdrawn,
        "created_at": row["created_at"] if told else None,
        "updated_at": row["updated_at"] if told else None,
        "released_at": row["released_at"] if told else None,
    }

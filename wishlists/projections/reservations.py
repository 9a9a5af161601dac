"""Reservations in the API and in events, as each audience may see them.

As in items.py, rows are read with the same number of statements for one as for a hundred, and then projected. Somebody
who is blind to giving gets what they would get without any reservations, and nothing is read for it.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from core.projections.fields import Field, Projection
from wishlists.access.former_givers import GiverAccess, former_givers, giver_access_of
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.models import Item, Member, Reservation, Wishlist
from wishlists.models.giving import ReservationQuerySet
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections.giver_names import GIVER_COLUMNS, is_me, name_of, shows_names
from wishlists.projections.item_changes import changes_between
from wishlists.projections.items import ItemFacts, project_item, read_items_by_id
from wishlists.projections.rows import Row, money_of
from wishlists.projections.sights import ANYBODY, NAMED, OWN, Told
from wishlists.projections.snapshots import occasion_taken, snapshot_of, taken

TAKEN: tuple[Field[Told], ...] = (
    Field("units", sights=ANYBODY),
    Field("status", sights=ANYBODY, get=lambda row, _: Reservation.Status.at(row["stage"])),
    Field("stage", sights=ANYBODY),
    Field("message", sights=NAMED, empty_is_null=True),
    Field("price", sights=ANYBODY, get=money_of("price_minor")),
    Field("currency", sights=ANYBODY),
)
"""What somebody took of an item, before the reveal and after it."""

RESERVATION = Projection(
    "reservation",
    Told,
    Field("id", sights=ANYBODY),
    Field("item_id", sights=ANYBODY),
    Field("wishlist_id", sights=ANYBODY, given=True),
    Field("wishlist_title", sights=ANYBODY, given=True),
    Field("occasion", sights=ANYBODY, given=True),
    Field("recipients", sights=NAMED, given=True, otherwise=lambda *_: []),
    Field("item", sights=ANYBODY, get=lambda _, item: item),
    *TAKEN,
    Field("display_name", sights=NAMED, get=lambda row, _: name_of(row)),
    Field("is_me", sights=OWN, get=lambda *_: True, hidden_as=False),
    Field("is_former_giver", sights=NAMED, given=True, hidden_as=False),
    Field("is_offer", sights=NAMED, hidden_as=False),
    Field("lapses_at", sights=NAMED),
    Field(
        "changes",
        sights=OWN,
        get=lambda row, item: changes_between(taken(row), item),
        otherwise=lambda *_: {},
    ),
    Field("is_snapshot", sights=ANYBODY, given=True),
    Field("withdrawn", sights=ANYBODY, given=True),
    Field("created_at", sights=NAMED),
    Field("updated_at", sights=NAMED),
    Field("released_at", sights=NAMED),
)
"""A reservation, for audiences that may see it. Built from its row and from the item as they see it."""

_RESERVATION_COLUMNS = tuple(
    dict.fromkeys((*RESERVATION.columns(*Told), "price_minor", "taken_as", *GIVER_COLUMNS))
)
_SEEING_RESERVATIONS = (Sight.TOTALS, Sight.FULL)


def reservations_of(giver: Viewer, *, released: bool = False) -> ReservationQuerySet:
    """Return what `giver` holds (or released), newest first, also of withdrawn items. It stays in My gifts.

    Includes lists of which they became a recipient; `project_reservations` shows those as they were reserved.
    """
    rows = Reservation.objects.released() if released else Reservation.objects.active()
    shown = rows.held_by(giver).filter(item__wishlist__hidden_at=None)
    return shown.order_by("-created_at", "-id")


def project_reservations(reservations: ReservationQuerySet, giver: Viewer) -> list[Row]:
    """Return the giver's own reservations, each with its item as they may see it, and with the changes since they
    reserved it.

    `giver` holds all of them. A guest's link or token was checked in this request (wishlists/access/former_givers.py).
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
            projected.append(_reservation(row, item, viewpoint, names[wishlist.pk]))
        else:
            projected.append(_former_givers_reservation(row, item, wishlist, access[wishlist.pk]))
    return projected


def recipients_of(lists: Collection[Wishlist]) -> dict[UUID, list[str]]:
    """Return the names of the recipients of each of `lists`."""
    names: dict[UUID, list[str]] = {wishlist.pk: [] for wishlist in lists}
    places = Member.objects.recipients().filter(wishlist__in=names).order_by("created_at", "id")
    for wishlist_id, name in places.values_list("wishlist_id", "user__display_name"):
        names[wishlist_id].append(name)
    for wishlist in lists:
        names[wishlist.pk] += [wishlist.recipient_name] if wishlist.recipient_name else []
    return names


def _reservation(row: Row, item: ItemFacts, viewpoint: Viewpoint, recipients: list[str]) -> Row:
    wishlist = viewpoint.wishlist
    return RESERVATION.project(
        row,
        Told.OWN,
        project_item(item, wishlist, viewpoint.sight),
        **_of_list(wishlist),
        recipients=recipients,
        is_former_giver=False,
        is_snapshot=False,
        withdrawn=item.row["removed_at"] is not None or wishlist.removed_at is not None,
    )


def _former_givers_reservation(row: Row, item: ItemFacts, wishlist: Wishlist, access: GiverAccess) -> Row:
    """Return the reservation of somebody who lost access or became a recipient: what they took, as it was then, and
    nothing newer (G8, G3).
    """
    ends = [item.row["removed_at"], wishlist.removed_at]
    occasion, left_at = occasion_taken(row), access.left_at
    return RESERVATION.project(
        row,
        Told.OWN,
        snapshot_of(row, item, wishlist),
        wishlist_id=wishlist.pk,
        wishlist_title=occasion["title"],
        occasion=occasion,
        recipients=[],
        is_former_giver=access.is_recipient,
        is_snapshot=True,
        withdrawn=left_at is not None and any(end is not None and end <= left_at for end in ends),
    )


def _of_list(wishlist: Wishlist) -> Row:
    return {
        "wishlist_id": wishlist.pk,
        "wishlist_title": wishlist.title,
        "occasion": {"title": wishlist.title, "due_date": wishlist.due_date},
    }


def project_reservations_of(item: Item, viewpoint: Viewpoint) -> list[Row]:
    """Return the active reservations of one item, oldest first: with names for givers, without for the public, none for
    the blind.

    With the policy *status*, recipients only see the status and how many units are available, so they get no rows
    either.
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
    return [
        RESERVATION.project(
            row,
            Told.of(mine=is_me(row, viewpoint.viewer), named=named),
            seen,
            **_of_list(wishlist),
            recipients=recipients,
            is_former_giver=row["user_id"] in former,
            is_snapshot=False,
            withdrawn=False,
        )
        for row in rows
    ]

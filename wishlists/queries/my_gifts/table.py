"""The rows of "My gifts" for a spreadsheet. Programs read the column names, so they don't change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from core.money.money import Money
from wishlists.models import Wishlist
from wishlists.models.giving import ContributionQuerySet
from wishlists.models.viewers import Viewer
from wishlists.projections.money import contributions_by, project_own_contributions
from wishlists.projections.reservations import project_reservations, recipients_of
from wishlists.projections.rows import Row
from wishlists.queries.my_gifts.wanted import Wanted, wanted_by

FILE_NAME = "gifts.csv"
COLUMNS = (
    "kind", "for", "occasion", "due_date", "title", "link", "units", "stage", "unit_price", "total", "currency",
    "message", "changed", "withdrawn", "promised_at", "released_at",
)  # fmt: skip


def my_gifts_table(giver: Viewer, asked: Mapping[str, str]) -> list[Row]:
    """Return rows with `COLUMNS`, newest first: the reservations and contributions that match the filters.

    Contributions are left out if the filters ask for a stage or for released reservations.
    """
    wanted = wanted_by(asked)
    reservations = project_reservations(wanted.reservations_of(giver), giver)
    money = project_own_contributions(contributed(giver, wanted), giver)
    names = recipient_names(money)
    rows = [_reservation(row) for row in reservations]
    rows += [_contribution(row, names.get(row["wishlist_id"], [])) for row in money]
    return sorted(rows, key=lambda row: row["promised_at"], reverse=True)


def recipient_names(money: Iterable[Row]) -> dict[UUID, list[str]]:
    """Return the recipients' names for each list of these contributions that their giver may still read."""
    read = [row["wishlist_id"] for row in money if not row["is_snapshot"]]
    return recipients_of(Wishlist.objects.in_bulk(read).values())


def contributed(giver: Viewer, wanted: Wanted) -> ContributionQuerySet:
    """Return the contributions that match the filters."""
    rows = contributions_by(giver)
    if wanted.stage or wanted.released:
        return rows.none()
    if wanted.wishlist:
        rows = rows.filter(Q(item__wishlist=wanted.wishlist) | Q(pot=wanted.wishlist))
    return rows.filter(created_at__year=wanted.year) if wanted.year else rows


def _reservation(row: Row) -> Row:
    return {
        "kind": "gift",
        "for": ", ".join(row["recipients"]),
        "occasion": row["occasion"]["title"],
        "due_date": row["occasion"]["due_date"],
        "title": row["item"]["title"],
        "link": row["item"]["link_url"],
        "units": row["units"],
        "stage": row["stage"],
        "unit_price": row["price"],
        "total": _times(row["price"], row["units"]),
        "currency": row["currency"],
        "message": row["message"],
        "changed": " ".join(row["changes"]),
        "withdrawn": "true" if row["withdrawn"] else "false",
        "promised_at": row["created_at"],
        "released_at": row["released_at"],
    }


def _contribution(row: Row, recipients: list[str]) -> Row:
    return dict.fromkeys(COLUMNS) | {
        "kind": "contribution",
        "for": ", ".join(recipients),
        "occasion": row["occasion"]["title"],
        "due_date": row["occasion"]["due_date"],
        "title": row["item"] and row["item"]["title"],
        "link": row["item"] and row["item"]["link_url"],
        "stage": row["status"],
        "total": row["amount"],
        "currency": row["currency"],
        "withdrawn": "true" if row["withdrawn"] else "false",
        "promised_at": row["created_at"],
    }


def _times(price: Money | None, units: int) -> Money | None:
    return None if price is None else Money(price.minor * units, price.currency)

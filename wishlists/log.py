"""The log of a list, as the asker may read it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from wishlists.audience import Audience, Sight, Viewer, audience_of, sight_of
from wishlists.models import Activity, Wishlist
from wishlists.projections import Row

_COLUMNS = ("id", "kind", "user_id", "item_id", "circle", "created_at")
_PUBLIC_KINDS = Q(kind__startswith="item_") | Q(kind__startswith="list_")


def readable_log(wishlist: Wishlist, viewer: Viewer) -> QuerySet[Activity]:
    """Newest first. What moderators did is read in the admin alone; of giving, only those with full sight read.

    The public reads what became of the list and its items, and nothing of its people, links and suggestions.
    """
    audience = audience_of(viewer, wishlist)
    circles = Q(circle=Activity.Circle.EVERYONE)
    if sight_of(audience, wishlist) is Sight.FULL:
        circles |= Q(circle=Activity.Circle.GIVERS)
    rows = Activity.objects.filter(circles, wishlist=wishlist)
    return rows.filter(_PUBLIC_KINDS) if audience is Audience.PUBLIC else rows


def project_log(rows: QuerySet[Activity], wishlist: Wishlist, viewer: Viewer) -> list[Row]:
    """`user_id` is null for guests, for the public, and where the list hides which giver did what."""
    told = audience_of(viewer, wishlist) is not Audience.PUBLIC
    return [
        {
            "id": row["id"],
            "kind": row["kind"],
            "user_id": row["user_id"] if told and _names_actor(row, wishlist) else None,
            "item_id": row["item_id"],
            "created_at": row["created_at"],
        }
        for row in rows.values(*_COLUMNS)
    ]


def project_named_log(rows: QuerySet[Activity], wishlist: Wishlist) -> list[Row]:
    """For those with full sight: who, guests too, and what, in words. Where the list hides givers, who is empty there."""
    names = ("user__display_name", "guest__name", "item__title")
    return [
        {
            "created_at": row["created_at"],
            "kind": row["kind"],
            "who": (row["user__display_name"] or row["guest__name"]) if _names_actor(row, wishlist) else None,
            "item": row["item__title"],
        }
        for row in rows.values(*_COLUMNS, *names)
    ]


def _names_actor(row: Row, wishlist: Wishlist) -> bool:
    return wishlist.names_shown or row["circle"] != Activity.Circle.GIVERS

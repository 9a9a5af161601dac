"""The log of a list, as the asker may read it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from core.projections.fields import Field, Projection
from wishlists.access.activity_kinds import (
    NOT_BY_GIVERS,
    read_by_everyone,
    read_by_givers,
    read_with_full_sight,
)
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Activity, Wishlist
from wishlists.models.viewers import Audience, Sight
from wishlists.projections.rows import Row
from wishlists.projections.sights import ANYBODY, NAMED, Told

LOGGED = Projection(
    "logged",
    Told,
    Field("id", sights=ANYBODY),
    Field("kind", sights=ANYBODY),
    Field("user_id", sights=NAMED),
    Field("item_id", sights=ANYBODY),
    Field("created_at", sights=ANYBODY),
)
"""A row of the log. Who reads it at all is said by `readable_log`."""

NAMED_LOGGED = Projection(
    "logged in words",
    Told,
    Field("created_at", sights=ANYBODY),
    Field("kind", sights=ANYBODY),
    Field("who", sights=NAMED, get=lambda row, _: row["user__display_name"] or row["guest__name"]),
    Field("item", sights=ANYBODY, column="item__title"),
)
"""The same as a line of a file, for those with full sight."""

_COLUMNS = (*LOGGED.columns(*Told), "circle")
_PUBLIC_KINDS = Q(kind__startswith="item_") | Q(kind__startswith="list_")


def readable_log(viewpoint: Viewpoint) -> QuerySet[Activity]:
    """Newest first. What a kind of row is about, and who reads it, is said in wishlists/access/activity_kinds.py.

    The public reads what became of the list and its items, and nothing of its people, links and suggestions.
    """
    audience = viewpoint.audience
    rows = Activity.objects.filter(wishlist=viewpoint.wishlist)
    if audience.is_outside:
        return rows.filter(read_by_everyone(), _PUBLIC_KINDS)
    if audience is Audience.GIVER:
        return rows.filter(read_by_givers())
    return rows.filter(read_with_full_sight() if viewpoint.sight is Sight.FULL else read_by_everyone())


def project_log(rows: QuerySet[Activity], viewpoint: Viewpoint) -> list[Row]:
    """`user_id` is null for guests, for the public, and where the list hides which giver did what."""
    wishlist, told = viewpoint.wishlist, not viewpoint.audience.is_outside
    return [
        LOGGED.project(row, Told.of(mine=False, named=told and _names_actor(row, wishlist)))
        for row in rows.values(*_COLUMNS)
    ]


def project_named_log(rows: QuerySet[Activity], wishlist: Wishlist) -> list[Row]:
    """For those with full sight: who, guests too, and what, in words. Where the list hides givers, who is empty there."""
    names = ("user__display_name", "guest__name", "item__title")
    return [
        NAMED_LOGGED.project(row, Told.of(mine=False, named=_names_actor(row, wishlist)))
        for row in rows.values(*_COLUMNS, *names)
    ]


def openings_of(wishlist: Wishlist, *, since: datetime) -> list[tuple[datetime, str]]:
    """When moderators opened what was given there, newest first, and their names. For givers, guests too."""
    rows = Activity.objects.filter(wishlist=wishlist, kind="moderation_giving_opened", created_at__gte=since)
    return list(rows.values_list("created_at", "user__display_name"))


def _names_actor(row: Row, wishlist: Wishlist) -> bool:
    is_givers = row["circle"] == Activity.Circle.GIVERS and row["kind"] not in NOT_BY_GIVERS
    return wishlist.names_shown or not is_givers

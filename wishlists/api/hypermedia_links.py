"""The links below a response in the browsable API: from list to item to reservation by clicks alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.api.linked_views import LinkedViewSet as LinkedViewSet
from core.api.browsable import Links
from wishlists.projections.rows import Row


def to_lists(rows: list[Row]) -> Links:
    return [(row["title"], reverse("wishlist-detail", args=[row["id"]])) for row in rows]


def from_list(wishlist_id: UUID) -> Links:
    """Return links to everything about a list. Some can't open all of them: the response there says who may. Pages of
    later apps are linked by name.
    """
    names = {
        "wishlist-detail": _("The list"),
        "list-item-list": _("Items"),
        "member-list": _("Members"),
        "share-list": _("Members (owner only)"),
        "list-group-list": _("Groups"),
        "recipients": _("Recipients"),
        "api-public-link": _("Public link"),
        "api-suggestions": _("Suggestions"),
        "draft-list": _("My drafts"),
        "budget": _("My budget"),
        "wishlist-who-sees": _("Who can see what givers do"),
        "collection-list": _("Group gifts"),
        "pot-list": _("Group pot"),
        "wishlist-gifts": _("Who gave what, after the reveal"),
        "thanks-list": _("Thanks"),
        "wishlist-activity": _("History"),
        "wishlist-activity-csv": _("History (CSV)"),
        "list-events": _("Events"),
        "wishlist-delete-impact": _("Effects of deleting it"),
    }
    return [(text, reverse(name, args=[wishlist_id])) for name, text in names.items()]


def to_items(rows: list[Row], wishlist_id: UUID) -> Links:
    items = [(row["title"], reverse("list-item-detail", args=[wishlist_id, row["id"]])) for row in rows]
    return [(_("The list"), reverse("wishlist-detail", args=[wishlist_id])), *items]


def from_item(wishlist_id: UUID, item_id: UUID) -> Links:
    names = {
        "list-item-detail": _("The item"),
        "item-reservation-list": _("Reserve it"),
        "contribution-list": _("Chip in"),
        "talk-list": _("Messages"),
        "item-waiting": _("My place on the waiting list"),
    }
    links = [(text, reverse(name, args=[wishlist_id, item_id])) for name, text in names.items()]
    return [
        *links,
        (_("The item without its list"), reverse("item-detail", args=[item_id])),
        (_("All items"), reverse("list-item-list", args=[wishlist_id])),
    ]


def to_details(rows: list[Row], name: str, key: str, text: Callable[[Row], str]) -> Links:
    """Return a link for each row of a list, by the id under `key`."""
    return [(text(row), reverse(name, args=[row["wishlist_id"], row[key]])) for row in rows]


def to_reservations(rows: list[Row]) -> Links:
    return [
        (row["item"]["title"], reverse("reservation-detail", args=[row["id"]]))
        for row in rows
        if row["is_me"]
    ]


def to_all_reservations() -> Links:
    return [(_("All my reservations"), reverse("reservation-list"))]


def from_reservation(row: Row) -> Links:
    item = [] if row["withdrawn"] else from_item(row["wishlist_id"], row["item_id"])
    return [*item, *to_all_reservations()]


def rows_of(data: Any) -> list[Row]:
    """Return one row or many as a list of rows."""
    return data if isinstance(data, list) else [data]

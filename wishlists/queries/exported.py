"""What a person's export has about lists and giving: the projections that the person gets from the API."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.text import slugify

from accounts.models import User
from core.api.csv_answers import csv_bytes
from jobs.access.export_sections import ExportFile, ExportSection, as_json
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Message
from wishlists.models.viewers import Viewer
from wishlists.projections.gifts import all_named, project_gifts
from wishlists.projections.items import project_items, project_list
from wishlists.projections.members import members_for, project_members
from wishlists.projections.messages import project_messages, talk_of
from wishlists.projections.money import (
    collections_of,
    contributions_by,
    project_collections,
    project_own_contributions,
)
from wishlists.projections.reservations import project_reservations, reservations_of
from wishlists.projections.rows import Row
from wishlists.projections.waitlist import places_of, project_places
from wishlists.projections.wishlists import project_wishlist_for
from wishlists.queries.activity import project_log, readable_log
from wishlists.queries.lists import lists_of, visible_list
from wishlists.queries.my_gifts.table import COLUMNS, my_gifts_table
from wishlists.queries.spending import project_budgets
from wishlists.refusals import NoSuchList

ITEM_COLUMNS = (
    "title", "description", "link_url", "image_url", "price", "currency", "quantity", "reservation_status",
    "created_at",
)  # fmt: skip


def keys_of_lists(user: User) -> list[str]:
    """Return the ids of the person's own lists and of those shared with them."""
    return [str(pk) for pk in lists_of(user).values_list("pk", flat=True)]


def files_of_list(user: User, key: str) -> Iterator[ExportFile]:
    try:
        viewpoint = visible_list(user, UUID(key))
    except NoSuchList:
        return
    items = project_list(viewpoint.wishlist, viewpoint.sight)
    path = f"lists/{slugify(viewpoint.wishlist.title, allow_unicode=True)[:60] or 'list'}-{key}"
    yield ExportFile(f"{path}.csv", csv_bytes(items, ITEM_COLUMNS))
    yield ExportFile(f"{path}.json", as_json(_whole_list(viewpoint, items)))


def _whole_list(viewpoint: Viewpoint, items: list[Row]) -> Row:
    wishlist, viewer = viewpoint.wishlist, viewpoint.viewer
    assert viewer.user is not None
    drafts = Item.objects.filter(wishlist=wishlist).drafts_of(viewer.user).order_by("created_at", "id")
    return {
        "list": project_wishlist_for(viewpoint),
        "items": items,
        "drafts": project_items(drafts, wishlist, viewpoint.sight),
        "members": project_members(members_for(viewpoint)) if viewpoint.role else [],
        "messages": _messages(viewpoint, items),
        "group_gifts": project_collections(collections_of(viewpoint), viewpoint),
        "gifts": project_gifts(viewpoint, named=all_named(viewpoint)) if wishlist.revealed_at else [],
        "history": project_log(readable_log(viewpoint), viewpoint),
    }


def _messages(viewpoint: Viewpoint, items: list[Row]) -> list[Row]:
    """Return the messages about these items that the person may read. Only items with messages cost a statement."""
    said = Message.objects.live().filter(item__in=[row["id"] for row in items]).values("item_id")
    return [
        message
        for item in Item.objects.filter(pk__in=said).order_by("pk")
        for message in project_messages(
            talk_of(item, viewpoint), viewpoint.wishlist, viewpoint.audience, viewpoint.viewer
        )
    ]


def files_of_giving(user: User, _key: str) -> Iterator[ExportFile]:
    giver = Viewer(user=user)
    giving = {
        "reservations": project_reservations(reservations_of(giver), giver),
        "cancelled_reservations": project_reservations(reservations_of(giver, released=True), giver),
        "contributions": project_own_contributions(contributions_by(giver), giver),
        "waiting": project_places(places_of(giver), giver),
        "budgets": project_budgets(user),
    }
    yield ExportFile("giving.json", as_json(giving))
    yield ExportFile("giving.csv", csv_bytes(my_gifts_table(giver, {}), COLUMNS))


LISTS = ExportSection("lists", keys=keys_of_lists, files=files_of_list)
GIVING = ExportSection("giving", keys=lambda _user: ["giving"], files=files_of_giving)

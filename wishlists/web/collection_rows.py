"""Collections in words, for a list's own page and for share pages, each as the viewer may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core.money.money import Money
from core.time.moments import format_deadline
from wishlists.models import Collection, Contribution, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.money import (
    collections_of,
    contributions_by,
    project_collections,
    project_own_contributions,
    project_pot_for,
)
from wishlists.projections.rows import Row
from wishlists.refusals import NoSuchCollection
from wishlists.services.money.contributing import (
    change_contribution,
    contribute,
    contribute_to_pot,
    withdraw_contribution,
)
from wishlists.web.page_context import PageContext

POT = "pot"
"""The value that names the pot in the form, if there is no collection for it."""


def collection_rows(page: PageContext) -> list[Row]:
    """Return the collections with their titles and deadlines in words."""
    rows = project_collections(collections_of(page.viewpoint), page.viewpoint)
    wishes = [row["item_id"] for row in rows if row["item_id"]]
    titles = dict(page.items().filter(pk__in=wishes).values_list("pk", "title")) if wishes else {}
    return [_collection_row(row, titles.get(row["item_id"], _whole()), page.wishlist) for row in rows]


def pot_row(page: PageContext) -> Row:
    """Return the pot in the form of a collection that nobody opened."""
    pot = project_pot_for(page.wishlist, page.audience)
    nothing = dict.fromkeys(("item_id", "target", "remaining", "deadline_at", "note", "organiser_name"))
    return _collection_row(nothing | pot | {"id": POT, "is_me": False}, _whole(), page.wishlist)


def is_reached(row: Row) -> bool:
    """Return whether nothing is missing from the target, if there is one."""
    remaining: Money | None = row["remaining"]
    return remaining is not None and not remaining.minor


def own_contribution_rows(page: PageContext) -> list[Row]:
    """Return the viewer's contributions on this list."""
    rows = project_own_contributions(contributions_by(page.viewer).on(page.wishlist), page.viewer)
    return [{**row, "title": row["item"]["title"] if row["item"] else _whole()} for row in rows]


def find_collection(page: PageContext, collection_id: UUID) -> Collection:
    found = collections_of(page.viewpoint).filter(pk=collection_id).first()
    if found is None:
        raise NoSuchCollection
    found.wishlist = page.wishlist
    return found


def chip_into(
    page: PageContext, item_id: UUID | None, by: Viewer, amount_minor: int | None, currency: str
) -> None:
    """Pledge an amount, or the remaining amount, for a wish or the pot."""
    given: dict[str, Any] = {
        "by": by,
        "amount_minor": amount_minor,
        "status": Contribution.Status.PLEDGED,
        "currency": currency,
    }
    if item_id is None:
        contribute_to_pot(wishlist=page.wishlist, **given)
    else:
        contribute(item=page.item(item_id), **given)


def settle(mine: Contribution, by: Viewer, action: str) -> str:
    """Mark an own contribution as paid or not paid, or withdraw it. Return the message about the result."""
    if action in Contribution.Status:
        change_contribution(contribution=mine, by=by, status=action)
        return _("Saved.")
    withdraw_contribution(contribution=mine, by=by)
    return _("Contribution withdrawn.")


def _whole() -> str:
    return _("Group pot")


def _collection_row(row: Row, title: str, wishlist: Wishlist) -> Row:
    until = format_deadline(row["deadline_at"], wishlist.time_zone) if row["deadline_at"] else ""
    return {**row, "title": title, "until": until}

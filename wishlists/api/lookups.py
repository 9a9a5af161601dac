"""Find lists and items for API views. People without access get 404, as if nothing were there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from rest_framework.request import Request

from accounts.api.views import current_user
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item
from wishlists.models.viewers import Viewer
from wishlists.queries import items, lists
from wishlists.queries.unchanged import Seen, visible_with_revision
from wishlists.refusals import NoSuchList
from wishlists.services.denials import require
from wishlists.services.locking import lock_visible_item


def viewer_of(request: Request) -> Viewer:
    """Return the user who makes the request, as a viewer who doesn't come by a link."""
    return Viewer(user=current_user(request))


def visible_list(request: Request, wishlist_id: UUID) -> Viewpoint:
    return lists.visible_list(current_user(request), wishlist_id)


def seen_list(request: Request, wishlist_id: UUID) -> Seen:
    """Return the list with its revision, in one statement."""
    found = visible_with_revision(current_user(request), wishlist_id)
    if found is None:
        raise NoSuchList
    return found


def owned_list(request: Request, wishlist_id: UUID) -> Viewpoint:
    return require(Viewpoint.require_owner, visible_list(request, wishlist_id), request.method)


def visible_item(request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> tuple[Item, Viewpoint]:
    """Return the item and the viewer's viewpoint. If `wishlist_id` is given, the item must be on that list."""
    return items.visible_item(current_user(request), item_id, wishlist_id)


def held_item(request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> tuple[Item, Viewpoint]:
    """Return the item like `visible_item`, locked for a change. Call it inside a transaction."""
    return lock_visible_item(current_user(request), item_id, wishlist_id)


def differing(row: models.Model, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that differ from `row`. Clients may send whole objects back; unchanged fields need no
    permission.
    """
    return {name: value for name, value in fields.items() if getattr(row, name) != value}

"""What an address names, as far as the asker may know of it; a stranger gets 404, for existence is a secret too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.api.views import current_user
from core.db.change import refused
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item
from wishlists.models.viewers import Viewer
from wishlists.queries import items, lists
from wishlists.refusals import OwnersOnly
from wishlists.services.locking import lock_visible_item


def viewer_of(request: Request) -> Viewer:
    """Whoever asks, with their account: by the address of a list, never by its link."""
    return Viewer(user=current_user(request))


def visible_list(request: Request, wishlist_id: UUID) -> Viewpoint:
    return lists.visible_list(current_user(request), wishlist_id)


def owned_list(request: Request, wishlist_id: UUID) -> Viewpoint:
    found = visible_list(request, wishlist_id)
    if not found.is_owner:
        raise OwnersOnly if request.method in SAFE_METHODS else refused(OwnersOnly(), viewpoint=found)
    return found


def visible_item(request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> tuple[Item, Viewpoint]:
    """Where the address names a list, it must be that item's."""
    return items.visible_item(current_user(request), item_id, wishlist_id)


def held_item(request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> tuple[Item, Viewpoint]:
    """The same under its lock, for those who are about to change it; within a change only."""
    return lock_visible_item(current_user(request), item_id, wishlist_id)


def differing(row: models.Model, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that ask for something: clients send whole objects back, and what is as it was asks for nothing."""
    return {name: value for name, value in fields.items() if getattr(row, name) != value}

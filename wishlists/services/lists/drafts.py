"""Drafts: wishes that somebody has written down and not shown yet. Nobody else knows of them, co-owners included.

Nothing is logged and nothing is told until a draft is shown; then it is a wish like any other, added at that moment.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.db.change import change
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import ListFull, NoSuchItem
from wishlists.services.activity import record
from wishlists.services.lists.items import last_place, set_fields, write_item
from wishlists.services.locking import lock_wishlist, lock_wishlist_as

MAX_DRAFTS = 200
"""Of one person on one list."""


@change()
def add_draft(*, wishlist: Wishlist, by: User, **fields: Any) -> Item:
    """Write a wish down, for nobody else."""
    current = _lock(wishlist, by)
    if current.items.drafts_of(by).count() >= MAX_DRAFTS:
        raise ListFull
    return write_item(wishlist=current, by=Viewer(user=by), draft_of=by, **fields)


@change()
def edit_draft(*, wishlist: Wishlist, by: User, item_id: UUID, **fields: Any) -> Item:
    draft = _own(_lock(wishlist, by), by, item_id)
    written = set_fields(draft, {name: new for name, new in fields.items() if getattr(draft, name) != new})
    if written:
        draft.save(update_fields=written)
    return draft


@change()
def remove_draft(*, wishlist: Wishlist, by: User, item_id: UUID) -> None:
    """For good. Also by somebody who may edit here no longer."""
    draft = _own(lock_wishlist(wishlist), by, item_id)
    draft.delete()


@change()
def show_draft(*, wishlist: Wishlist, by: User, item_id: UUID) -> Item:
    """Put it on the list, last, as if it were added now."""
    current = _lock(wishlist, by)
    draft = _own(current, by, item_id)
    draft.position = last_place(current)
    draft.draft_of = None
    draft.created_at = draft.updated_at = timezone.now()
    draft.save(update_fields=["position", "draft_of", "created_at", "updated_at"])
    record(wishlist=current, kind="item_added", by=Viewer(user=by), item=draft)
    return draft


def _lock(wishlist: Wishlist, by: User) -> Wishlist:
    return lock_wishlist_as(Viewer(user=by), wishlist).require_editor().wishlist


def _own(wishlist: Wishlist, by: User, item_id: UUID) -> Item:
    draft = wishlist.items.drafts_of(by).filter(pk=item_id).first()
    if draft is None:
        raise NoSuchItem
    draft.wishlist = wishlist
    return draft

"""What an address names, as far as the asker may know of it; a stranger gets 404, for existence is a secret too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.api.views import current_user
from accounts.models import User
from core.db.change import locks, refused
from core.db.prepared import prepared
from wishlists.models import Item, Member, Wishlist
from wishlists.models.items import ItemQuerySet
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchItem, NoSuchList, OwnersOnly
from wishlists.services.locking import hold_shown_item, shown_and_locked


def viewer_of(request: Request) -> Viewer:
    """Whoever asks, with their account: by the address of a list, never by its link."""
    return Viewer(user=current_user(request))


def visible_list(request: Request, wishlist_id: UUID) -> Wishlist:
    user = current_user(request)
    for found in _visible_lists(wishlist_id=wishlist_id, user_id=user.pk, tenant_id=user.tenant_id):
        return found
    raise NoSuchList


@prepared
def _visible_lists(*, wishlist_id: UUID, user_id: UUID, tenant_id: UUID | None) -> models.QuerySet[Wishlist]:
    user = User(pk=user_id, tenant_id=tenant_id)
    return Wishlist.objects.visible_to(user).for_viewer(user).filter(pk=wishlist_id)


def owned_list(request: Request, wishlist_id: UUID) -> Wishlist:
    found, user = visible_list(request, wishlist_id), current_user(request)
    if found.my_role != Member.Role.OWNER:
        raise OwnersOnly if request.method in SAFE_METHODS else refused(OwnersOnly(), wishlist=found, by=user)
    return found


def visible_item(request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> Item:
    """An item with its list, ready for services. Where the address names a list, it must be that item's."""
    for found in _visible_items(**_asked(request, item_id, wishlist_id)):
        return found.with_asker()
    raise NoSuchItem


def held_item(request: Request, item_id: UUID, wishlist_id: UUID | None = None) -> Item:
    """The same under its lock, for those who are about to change it; within a change only."""
    asked = _asked(request, item_id, wishlist_id)
    return hold_shown_item(_held_items(**asked, locks=locks()))


def _asked(request: Request, item_id: UUID, wishlist_id: UUID | None) -> dict[str, Any]:
    user = current_user(request)
    return {"item_id": item_id, "wishlist_id": wishlist_id, "user_id": user.pk, "tenant_id": user.tenant_id}


def _shown(*, item_id: UUID, wishlist_id: UUID | None, user_id: UUID, tenant_id: UUID | None) -> ItemQuerySet:
    user = User(pk=user_id, tenant_id=tenant_id)
    rows = Item.objects.visible_to(user).for_viewer(user).filter(pk=item_id)
    return rows if wishlist_id is None else rows.filter(wishlist_id=wishlist_id)


@prepared
def _visible_items(**asked: Any) -> models.QuerySet[Item]:
    return _shown(**asked)


@prepared
def _held_items(*, locks: bool, **asked: Any) -> models.QuerySet[Item]:
    return shown_and_locked(_shown(**asked))


def differing(row: models.Model, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that ask for something: clients send whole objects back, and what is as it was asks for nothing."""
    return {name: value for name, value in fields.items() if getattr(row, name) != value}

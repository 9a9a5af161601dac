"""Add, change and withdraw wishes, and set the recipients' marks.

What a recipient does here always succeeds with the same answer, whether or not the item is taken (G3). Givers who had
taken the item are notified, and what they reserved stays in My gifts.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core.db.change import change
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.item_changes import fields_of
from wishlists.refusals import EditorsOnly, ListFull, NoSuchItem, RecipientsOnly
from wishlists.services.activity import record
from wishlists.services.locking import lock_item, lock_item_as, lock_wishlist, lock_wishlist_as
from wishlists.services.notices.giver_notices import tell_contributors, tell_edited, tell_holders, title_names
from wishlists.services.waitlisting import offer_freed

MAX_SECRETS = 100
"""Limit for the secret additions of one list. It is separate, because a 409 from a shared limit would show that some
exist.
"""


def may_edit_item(item: Item, viewpoint: Viewpoint) -> bool:
    """Return whether the viewer may edit the item.

    The owner and editors may, and members may edit what they added in secret. People from whom the item is hidden may
    not.
    """
    if not item.is_secret:
        return viewpoint.is_editor
    if not viewpoint.sight.sees_secrets:
        return False
    user = viewpoint.viewer.user
    is_own = user is not None and item.contributed_by_id == user.pk
    return viewpoint.is_editor or (viewpoint.is_member and is_own)


@change()
def add_item(*, wishlist: Wishlist, by: Viewer, **fields: Any) -> Item:
    """Add a wish, in the last place unless `position` is given."""
    current = lock_wishlist_as(by, wishlist).require_editor().wishlist
    return put_on_list(wishlist=current, by=by, **fields)


@change()
def put_on_list(*, wishlist: Wishlist, by: Viewer, **fields: Any) -> Item:
    """Add a wish without checking permission. `by` is who thought of it."""
    current = lock_wishlist(wishlist)
    item = write_item(wishlist=current, by=by, **({"position": last_place(current)} | fields))
    record(wishlist=current, kind="item_added", by=by, item=item)
    return item


def last_place(wishlist: Wishlist) -> int:
    """Return the position after the last item. Raises `ListFull`.

    Secret additions don't count, neither for the limit nor for the position.
    """
    there = wishlist.items.live().open_knowledge().aggregate(count=Count("pk"), last=Max("position"))
    if there["count"] >= settings.MAX_ITEMS_A_LIST:
        raise ListFull
    last: int | None = there["last"]
    return 0 if last is None else last + 1


def write_item(*, wishlist: Wishlist, by: Viewer, **fields: Any) -> Item:
    """Create the row with defaults for fields that are not given. Writes no log. `wishlist` must be locked."""
    fields["currency"] = fields.get("currency") or settings.DEFAULT_CURRENCY
    quantity = fields.setdefault("quantity", 1)
    added_by = by.user if by.user and by.user.pk != wishlist.owner_id else None
    fields.setdefault("contributed_by", added_by)
    return Item.objects.create(wishlist=wishlist, cap=quantity, updated_at=timezone.now(), **fields)


@change()
def edit_item(*, item: Item, by: Viewer, **fields: Any) -> Item:
    """Change the fields that differ.

    A quantity below what is taken is accepted without an error, because an error would show recipients what is taken.
    """
    current, viewpoint = lock_item_as(by, item)
    if not may_edit_item(current, viewpoint):
        raise EditorsOnly
    if "price_minor" in fields:
        # Without a currency, the price is in the currency that the editor saw. It may have been changed since.
        fields.setdefault("currency", item.currency)
    changed = {name: new for name, new in fields.items() if getattr(current, name) != new}
    if not changed:
        return current
    before = {name: getattr(current, name) for name in changed}
    was = fields_of(current)
    current.save(update_fields=set_fields(current, changed))
    record(wishlist=current.wishlist, kind="item_changed", by=by, item=current, fields=sorted(changed))
    tell_edited(item=current, by=by, was=was, fields=changed.keys())
    if changed.keys() & {"quantity", "choice"}:
        offer_freed(current, left=before.get("choice"))
    return current


def set_fields(item: Item, changed: dict[str, Any]) -> list[str]:
    """Set the fields and those computed from them. Return the names of the columns to save."""
    for name, new in changed.items():
        setattr(item, name, new)
    written = [*changed, "updated_at"] if changed else []
    if "quantity" in changed:
        item.cap = None if item.quantity is None else max(item.quantity, item.units_taken)
        written.append("cap")
    item.updated_at = timezone.now()
    return written


@change()
def remove_item(*, item: Item, by: Viewer) -> Item:
    """Withdraw a wish. Its givers keep what they took, and are notified."""
    current, viewpoint = lock_item_as(by, item)
    if not may_edit_item(current, viewpoint):
        raise EditorsOnly
    return withdraw_item(item=current, by=by, kind="item_deleted")


@change()
def withdraw_item(*, item: Item, by: Viewer, kind: str, **detail: str) -> Item:
    """Withdraw a wish without checking permission. `kind` and `detail` are those of the log row."""
    current = lock_item(item)
    current.removed_at = timezone.now()
    current.save(update_fields=["removed_at"])
    record(wishlist=current.wishlist, kind=kind, by=by, item=current, **detail)
    title = _("“%(item)s” was removed from “%(list)s”") % title_names(current)
    tell_holders(item=current, by=by, kind="item_removed", title=title)
    tell_contributors(item=current, by=by, title=title)
    offer_freed(current)
    return current


@change()
def restore_item(*, item: Item, by: Viewer) -> Item:
    """Put a removed wish back. Givers still hold what they had reserved of it, and are notified."""
    wishlist = lock_wishlist(item.wishlist)
    current, viewpoint = lock_item_as(by, item, withdrawn_too=True)
    if not may_edit_item(current, viewpoint):
        raise EditorsOnly
    if current.removed_at is None:
        return current
    if not Item.objects.restorable().filter(pk=current.pk).exists():
        raise NoSuchItem
    alike = wishlist.items.live().filter(is_secret=current.is_secret)
    if alike.count() >= (MAX_SECRETS if current.is_secret else settings.MAX_ITEMS_A_LIST):
        raise ListFull
    put_back(item=current, by=by, kind="item_restored")
    return current


def put_back(*, item: Item, by: Viewer, kind: str, **detail: str) -> None:
    """Put a removed wish, which is locked, back on its list without checking permission or room there."""
    item.removed_at, item.updated_at = None, timezone.now()
    item.save(update_fields=["removed_at", "updated_at"])
    record(wishlist=item.wishlist, kind=kind, by=by, item=item, **detail)
    title = _("“%(item)s” is back on “%(list)s”") % title_names(item)
    tell_holders(item=item, by=by, kind="item_restored", title=title)
    offer_freed(item)


_MARKED_KIND = {
    Item.Mark.NONE: "item_mark_undone",
    Item.Mark.SET_ASIDE: "item_set_aside",
    Item.Mark.RECEIVED: "item_received",
}


@change()
def mark_item(*, item: Item, by: Viewer, mark: str) -> Item:
    """Set a recipient's mark: "I'll get it myself", "I have it", or none. It doesn't depend on what givers did.

    On a shared list, everybody sets marks: "I'll get it", "done", or none.
    """
    current, viewpoint = lock_item_as(by, item)
    if not viewpoint.marks or not viewpoint.is_member:
        raise RecipientsOnly
    if current.mark == mark:
        return current
    current.mark = mark
    current.marked_by = by.user if mark else None
    current.marked_at = current.updated_at = timezone.now()
    if not mark:
        current.marked_at = None
    current.save(update_fields=["mark", "marked_by", "marked_at", "updated_at"])
    record(wishlist=current.wishlist, kind=_MARKED_KIND[Item.Mark(mark)], by=by, item=current)
    if mark:
        tell_holders(
            item=current,
            by=by,
            kind=_MARKED_KIND[Item.Mark(mark)],
            title=_("“%(item)s” on “%(list)s” is no longer wanted") % title_names(current),
        )
    offer_freed(current)
    return current

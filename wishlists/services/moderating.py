"""What moderators do on other people's lists. Every act is logged, refused ones too (G17)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services.account_log import acts_giving_control
from core.db.change import change
from wishlists.models import Activity, Item, Member, Message, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lists.items import put_back, withdraw_item
from wishlists.services.lists.messages import withdraw_message
from wishlists.services.locking import lock_item, lock_wishlist
from wishlists.services.notices.moderation_notices import (
    tell_item_moderated,
    tell_list_hidden,
    tell_list_shown,
    tell_message_moderated,
)
from wishlists.services.notices.opening_notices import tell_givers_of_opening
from wishlists.services.reserving import give_back

OPENED_FOR = timedelta(minutes=30)
"""How long a moderator who opened a list's giving can see it."""


@change()
def hide_wishlist(*, wishlist: Wishlist, by: User, reason: str) -> Wishlist:
    """Hide a list from everybody until it is shown again. Its members are notified, and the owner reads the reason."""
    current = lock_wishlist(wishlist, withdrawn_too=True)
    if current.hidden_at is None:
        tell_list_hidden(wishlist=current, by=by, reason=reason)
        current.hidden_at = timezone.now()
        current.save(update_fields=["hidden_at"])
        record(wishlist=current, kind="moderation_list_hidden", by=Viewer(user=by), reason=reason)
    return current


@change()
def unhide_wishlist(*, wishlist: Wishlist, by: User, reason: str) -> Wishlist:
    """Show a hidden list again. Its members are notified."""
    current = lock_wishlist(wishlist, withdrawn_too=True)
    if current.hidden_at is not None:
        current.hidden_at = None
        current.save(update_fields=["hidden_at"])
        record(wishlist=current, kind="moderation_list_shown", by=Viewer(user=by), reason=reason)
        tell_list_shown(wishlist=current, by=by, reason=reason)
    return current


@change()
def correct_item(*, item: Item, by: User, fields: Collection[str]) -> Item:
    """Save only the fields that a moderator changed. Saving all would overwrite what givers changed meanwhile."""
    if fields:
        item.updated_at = timezone.now()
        item.save(update_fields=[*fields, "updated_at"])
        kind = "moderation_item_changed"
        record(wishlist=item.wishlist, kind=kind, by=Viewer(user=by), item=item, fields=sorted(fields))
    return item


@change()
def remove_unwanted_item(*, item: Item, by: User, reason: str = "") -> Item:
    """Withdraw an unwanted item. Its givers are notified as if a recipient had withdrawn it, and its author and the
    owner that a moderator did it.
    """
    gone = withdraw_item(item=item, by=Viewer(user=by), kind="moderation_item_removed", reason=reason)
    tell_item_moderated(item=gone, by=by, reason=reason)
    return gone


@change()
def restore_unwanted_item(*, item: Item, by: User, reason: str) -> Item:
    """Put an item back that a moderator removed. Does nothing if somebody else removed it."""
    lock_wishlist(item.wishlist, withdrawn_too=True)
    current = lock_item(item, withdrawn_too=True)
    if current.removed_at is None or Item.objects.restorable().filter(pk=current.pk).exists():
        return current
    put_back(item=current, by=Viewer(user=by), kind="moderation_item_restored", reason=reason)
    tell_item_moderated(item=current, by=by, reason=reason)
    return current


@change()
def remove_unwanted_message(*, message: Message, by: User, reason: str = "") -> Message | None:
    """Withdraw an unwanted message, and the answers if it is a question.

    Returns None if `by` has not opened the list's giving, or if the message is gone already. The log names the message
    but doesn't quote it.
    """
    item = lock_item(message.item, withdrawn_too=True)
    unwanted = item.messages.live().filter(pk=message.pk).first()
    # Checked after taking the lock: the moderator may have become a recipient meanwhile.
    if unwanted is None or item.wishlist_id not in opened_lists(by):
        return None
    withdraw_message(unwanted, item)
    _record_message("moderation_message_removed", unwanted, item, by, reason)
    tell_message_moderated(message=unwanted, by=by, reason=reason)
    return unwanted


@change()
def restore_unwanted_message(*, message: Message, by: User, reason: str) -> Message | None:
    """Put a message back that a moderator removed, without answers that went with it.

    Returns None if `by` has not opened the list's giving, or if no moderator removed the message.
    """
    item = lock_item(message.item, withdrawn_too=True)
    acts = Activity.objects.filter(
        item=item,
        kind__in=("moderation_message_removed", "moderation_message_restored"),
        detail__message=str(message.pk),
    )
    gone = item.messages.exclude(removed_at=None).filter(pk=message.pk).first()
    last = acts.order_by("created_at").last()
    was_moderated = last is not None and last.kind == "moderation_message_removed"
    if gone is None or not was_moderated or item.wishlist_id not in opened_lists(by):
        return None
    gone.item, gone.removed_at = item, None
    gone.save(update_fields=["removed_at"])
    _record_message("moderation_message_restored", gone, item, by, reason)
    tell_message_moderated(message=gone, by=by, reason=reason)
    return gone


def _record_message(kind: str, message: Message, item: Item, by: User, reason: str) -> None:
    named = {"lane": message.lane, "message": str(message.pk), "reason": reason}
    record(wishlist=item.wishlist, kind=kind, by=Viewer(user=by), item=item, **named)


@change()
def open_giving(*, wishlist: Wishlist, by: User, reason: str) -> bool:
    """Let a moderator see what was given on this list for `OPENED_FOR`. Its givers are notified.

    Refused to recipients of the list, and to accounts that a recipient may be using. Returns whether it was allowed;
    both results are logged.
    """
    allowed = not receives(by, wishlist)
    kind = "moderation_giving_opened" if allowed else "moderation_giving_refused"
    record(wishlist=wishlist, kind=kind, by=Viewer(user=by), reason=reason)
    tell_givers_of_opening(wishlist=wishlist, by=by, allowed=allowed)
    return allowed


@change()
def release_for_holder(*, reservation: Reservation, by: User) -> Reservation | None:
    """Release a reservation whose giver can't be reached. Returns None if `by` has not opened the list's giving."""
    # Checked after taking the lock: the moderator may have become a recipient meanwhile.
    lock_item(reservation.item, withdrawn_too=True)
    if reservation.item.wishlist_id not in opened_lists(by):
        return None
    return give_back(reservation=reservation, by=Viewer(user=by), kind="moderation_reservation_released")


def receives(moderator: User, wishlist: Wishlist) -> bool:
    """Return whether the moderator, or somebody who may control this account, is a recipient of the list.

    Somebody may control the account if they created it, gave it its permissions or changed its address.
    """
    return Member.objects.blinding().filter(wishlist=wishlist, user__in=people_behind(moderator)).exists()


def receives_any(moderator: User) -> QuerySet[Member, Any]:
    """Return the ids of the lists for which `receives` is true, as a subquery."""
    return Member.objects.blinding().filter(user__in=people_behind(moderator)).values("wishlist_id")


def people_behind(moderator: User) -> set[UUID | None]:
    """Return the ids of the moderator and of everybody who may control this account."""
    return {moderator.pk, *(act.by_id for act in acts_giving_control(moderator))}


def opened_lists(moderator: User) -> set[UUID]:
    """Return the ids of lists whose giving this moderator has open now, without lists of which they became a recipient."""
    opened = Activity.objects.filter(
        user=moderator, kind="moderation_giving_opened", created_at__gte=timezone.now() - OPENED_FOR
    )
    return set(opened.exclude(wishlist_id__in=receives_any(moderator)).values_list("wishlist_id", flat=True))

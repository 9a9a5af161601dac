"""Set the recipients of a list. This is independent of their roles.

Giving is hidden from a recipient from the moment they become one. No setting shows it to them again
(docs/adr/0004-sharing-locks-the-settings.md): on a shared list, recipients can be added and not removed.

What somebody gave before they became a recipient is not changed. If it were freed at that moment, everybody could see
whose it had been. It stays taken, held by a former giver, who keeps it and may release it
(wishlists/access/former_givers.py, docs/adr/0008-former-givers-keep-their-reservations.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.db.change import change
from wishlists.models import Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchPerson, SharedListIsOpen, SharingStarted
from wishlists.services.activity import record
from wishlists.services.locking import lock_wishlist_as
from wishlists.services.notices.audience_notices import tell_new_recipient


@change()
def set_recipients(*, wishlist: Wishlist, by: User, user_ids: Collection[UUID]) -> Wishlist:
    """Make exactly these members the recipients. With none, the list is for somebody without an account."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    if current.is_shared:
        raise SharedListIsOpen
    members = list(current.members.live().select_related("user").order_by("pk"))
    if set(user_ids) - {member.user_id for member in members}:
        raise NoSuchPerson(_("Only people on the list can be its recipients."))
    leaving = [one for one in members if one.is_recipient and one.user_id not in user_ids]
    joining = [one for one in members if not one.is_recipient and one.user_id in user_ids]
    if leaving and current.shared_at is not None:
        raise SharingStarted
    for member in leaving:
        member.is_recipient = False
        member.save(update_fields=["is_recipient"])
    make_recipients(wishlist=current, members=joining, by=by)
    if leaving and not joining:
        record(wishlist=current, kind="recipients_changed", by=Viewer(user=by))
    return current


@change()
def make_recipients(
    *, wishlist: Wishlist, members: Iterable[Member], by: User, are_new: bool = False
) -> None:
    """Make these members recipients. They keep what they hold, and givers are notified.

    `are_new`: their memberships were created in this transaction, so they saw nothing by them.
    """
    if wishlist.is_shared:
        raise SharedListIsOpen
    for member in members:
        saw_giving = _saw_giving(wishlist, member, is_new=are_new)
        member.is_recipient = True
        member.save(update_fields=["is_recipient"])
        record(
            wishlist=wishlist,
            kind="recipients_changed",
            by=Viewer(user=by),
            person=str(member.user_id),
            saw_giving=saw_giving,
        )
        if member.user_id != by.pk:
            notify(
                users=[member.user],
                kind="made_recipient",
                title=_("“%(list)s” is now for you too") % {"list": wishlist.title},
                body=_(
                    "You can no longer reserve gifts or chip in on this list. What you reserved or "
                    "chipped in before is still yours. You can find and cancel it under My gifts."
                ),
                payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)},
                about=f"list {wishlist.pk}",
            )
        tell_new_recipient(wishlist=wishlist, person=member.user, saw_giving=saw_giving, by=by)


def _saw_giving(wishlist: Wishlist, member: Member, *, is_new: bool) -> bool:
    """Return whether they ever were a giver on the list after it was shared. Depends on memberships only, not on what
    was given.
    """
    if wishlist.shared_at is None:
        return False
    before = wishlist.members.filter(user=member.user_id, is_recipient=False)
    return (before.exclude(pk=member.pk) if is_new else before).exists()

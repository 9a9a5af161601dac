"""For whom a list is, whatever they may do on it.

A recipient is blind from the moment they become one, and never by a mere setting sees again (product.md, no settings
peek): on a list that was shared, recipients are added and not taken away.

Nothing that somebody gave before is touched as they become a recipient. What was freed at that moment would tell everybody
who can look whose it had been. It stays taken, held by a former giver, who keeps it as they took it and may give it
back (wishlists/access/former_givers.py, docs/adr/0008-former-givers-keep-their-reservations.md).
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
from wishlists.refusals import NoSuchPerson, SharingStarted
from wishlists.services.activity import record
from wishlists.services.locking import lock_wishlist_as
from wishlists.services.notices.audience_notices import tell_new_recipient


@change()
def set_recipients(*, wishlist: Wishlist, by: User, user_ids: Collection[UUID]) -> Wishlist:
    """Say for whom of its people the list is: anybody of them, or nobody, who then has no account."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
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
    """From now on the list is for these, too. What they hold stays held, and its givers are told.

    `are_new`: they were let in a moment ago, and saw nothing by this place.
    """
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
    """Whether they ever had a giver's place on a list that was shared. It is asked of places, never of what was given."""
    if wishlist.shared_at is None:
        return False
    before = wishlist.members.filter(user=member.user_id, is_recipient=False)
    return (before.exclude(pk=member.pk) if is_new else before).exists()

"""Thanks after the reveal: a note to each giver, which is sent or only ticked off. The recipients of a list share it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail.mail_kinds import MailKind
from accounts.models import User
from accounts.services.inbox import notify
from accounts.services.mail import send_mail
from core.db.change import change
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Guest, Thanks, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.gifts import chipped_in_on, require_revealed, reserved_on
from wishlists.refusals import NoSuchGiver, NothingToSend, NotReachable, RevealersOnly, ThanksSent
from wishlists.services.activity import record
from wishlists.services.lists.reveal import may_reveal
from wishlists.services.locking import lock_wishlist_as


@change()
def write_thanks(
    *,
    wishlist: Wishlist,
    by: User,
    giver_id: UUID,
    note: str | None = None,
    ticked: bool | None = None,
) -> Thanks:
    """Write the note, or set or remove the tick. A note that was sent can't be changed."""
    thanks = _thanks(wishlist, by, giver_id)
    if note is not None and note != thanks.note:
        if thanks.sent_at is not None:
            raise ThanksSent
        thanks.note = note
    if ticked is not None and ticked != (thanks.ticked_at is not None):
        thanks.ticked_at = timezone.now() if ticked else None
    thanks.save()
    return thanks


@change()
def read_note(*, wishlist: Wishlist, by: User, giver_id: UUID) -> str:
    """Return the note to that giver."""
    return _thanks(wishlist, by, giver_id).note


@change()
def send_thanks(*, wishlist: Wishlist, by: User, giver_id: UUID) -> Thanks:
    """Send the note, once, and tick the giver off: to a user's inbox, or to the address that a guest confirmed.

    Sending again does nothing. Mail to unconfirmed addresses would let spammers use us as a relay, so it raises
    `NotReachable`.
    """
    thanks = _thanks(wishlist, by, giver_id)
    if thanks.sent_at is not None:
        return thanks
    if not thanks.note:
        raise NothingToSend
    _deliver(thanks, by)
    thanks.sent_at = timezone.now()
    thanks.ticked_at = thanks.ticked_at or thanks.sent_at
    thanks.save()
    record(wishlist=thanks.wishlist, kind="thanks_sent", by=Viewer(user=by), giver=str(giver_id))
    return thanks


def require_thanker(viewpoint: Viewpoint) -> None:
    """Refuse everybody but recipients (or the owner, if no recipient has an account), and everybody before the reveal."""
    require_revealed(viewpoint)
    if not may_reveal(viewpoint):
        raise RevealersOnly


def _thanks(wishlist: Wishlist, by: User, giver_id: UUID) -> Thanks:
    """Return the thanks to that giver, or a new unsaved row. The list is locked."""
    viewpoint = lock_wishlist_as(Viewer(user=by), wishlist)
    require_thanker(viewpoint)
    current = viewpoint.wishlist
    user = User.objects.filter(pk=giver_id).first()
    guest = None if user else current.guests.filter(pk=giver_id).first()
    if not _gave(current, user, guest):
        raise NoSuchGiver
    known = Thanks.objects.filter(wishlist=current, user=user, guest=guest).first()
    thanks = known or Thanks(wishlist=current, user=user, guest=guest)
    thanks.wishlist = current
    return thanks


def _gave(wishlist: Wishlist, user: User | None, guest: Guest | None) -> bool:
    giver = Viewer(user=user, guest=guest)
    gifts = (reserved_on(wishlist).held_by(giver), chipped_in_on(wishlist).held_by(giver))
    return any(rows.exists() for rows in gifts)


def _deliver(thanks: Thanks, by: User) -> None:
    named: dict[str, Any] = {"name": by.display_name, "list": thanks.wishlist.title}
    if thanks.user is not None and thanks.user.is_active:
        notify(
            users=[thanks.user],
            kind="thanks",
            title=_("%(name)s thanks you for your gift (“%(list)s”)") % named,
            body=thanks.note,
            payload={"list_title": thanks.wishlist.title, "wishlist_id": str(thanks.wishlist.pk)},
        )
    elif thanks.guest is not None and thanks.guest.email and thanks.guest.confirmed_at:
        send_mail(
            to=thanks.guest.email,
            template="thanks",
            kind=MailKind.MESSAGE,
            note=thanks.note,
            guest=thanks.guest.name,
            **named,
        )
    else:
        raise NotReachable

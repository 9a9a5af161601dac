"""Thanks after the reveal: a note for each giver, sent to them or only ticked off. Recipients of one list share it."""

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
    """Write the note, tick it off or no longer. What was sent stays as it was sent."""
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
    """The note to that giver as it is now."""
    return _thanks(wishlist, by, giver_id).note


@change()
def send_thanks(*, wishlist: Wishlist, by: User, giver_id: UUID) -> Thanks:
    """Send the note, once: to the inbox of an account, or to the address that a guest confirmed. That ticks it off.

    Sent again is no different. Mail to an address that nobody confirmed would make us a spammer's relay.
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
    """Those for whom the list is, once the secret is out."""
    require_revealed(viewpoint)
    if not may_reveal(viewpoint):
        raise RevealersOnly


def _thanks(wishlist: Wishlist, by: User, giver_id: UUID) -> Thanks:
    """What is written to that giver, or a new sheet. Held by the lock of the list."""
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

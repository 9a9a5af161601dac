"""Find or create the guest who acts: known by their manage token, or new with a name."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.names import tidy_name
from core.db.change import change
from sharing.queries.links import guest_of
from sharing.refusals import EmailNeeded, NameNeeded, NoSuchGuest, TooManyGuests
from sharing.services.guest_mail import remember_language, send_first_code
from wishlists.models import Guest, Wishlist
from wishlists.services.lists.people import join_guest
from wishlists.services.locking import lock_wishlist

GUESTS_A_VISITOR_AND_HOUR = 20
GUESTS_A_LINK = 500


@change()
def enter_guest(
    *, wishlist: Wishlist, token: str = "", name: str = "", email: str = "", visitor: str = ""
) -> Guest:
    """Return the guest with that manage token, or create one with that name.

    Call it in the transaction of what the guest does next. If that is refused, the guest is rolled back, too. `visitor`
    is the digest of their address (sharing/access/client_digest.py).
    """
    if token:
        return known_guest(wishlist=wishlist, token=token)
    if not (name := tidy_name(name)):
        raise NameNeeded
    current = lock_wishlist(wishlist)
    if current.guests_confirm and not email:
        raise EmailNeeded
    _refuse_crowd(current, visitor)
    guest = join_guest(wishlist=current, name=name, email=email, visitor=visitor)
    if current.guests_confirm:
        send_first_code(guest=guest)
    elif guest.email:
        remember_language(guest)
    return guest


def known_guest(*, wishlist: Wishlist, token: str) -> Guest:
    """Return the guest of `wishlist` whose manage token this is, or raise NoSuchGuest."""
    guest = guest_of(token, wishlist)
    if guest is None:
        raise NoSuchGuest
    return guest


def _refuse_crowd(wishlist: Wishlist, visitor: str) -> None:
    """Raise TooManyGuests if there are too many guests.

    Call it while the list is locked, so that the limits are exact. With a new link the count starts at zero.
    """
    link = wishlist.public_links.filter(revoked_at=None).first()
    here = wishlist.guests.filter(created_at__gte=link.created_at) if link else wishlist.guests.all()
    if here.count() >= GUESTS_A_LINK:
        raise TooManyGuests
    lately = here.filter(visitor=visitor, created_at__gt=timezone.now() - timedelta(hours=1))
    if settings.RATE_LIMITS and visitor and lately.count() >= GUESTS_A_VISITOR_AND_HOUR:
        raise TooManyGuests

"""Whether mail may go to the address that a guest typed. Asked as a letter is written, and again as it is sent."""

from __future__ import annotations

from sharing.models import GuestMail
from wishlists.access.blind_mailboxes import reaches_blind
from wishlists.models import Guest


def belongs_to_blind(guest: Guest) -> bool:
    """Whether that address is of an account for which the list is still a secret: a typo, a shared mailbox, a prank.

    Any mail would tell them that somebody gives. Nobody is told of this either: it would say whose address it is.
    """
    return reaches_blind(guest.email, guest.wishlist)


def may_be_told(guest: Guest) -> bool:
    """Whether news may go there: to a guest who wants them and may open their page, and where addresses are
    confirmed, to a confirmed one."""
    wishlist = guest.wishlist
    if not guest.email or wishlist.hidden_at is not None:
        return False
    if wishlist.guests_confirm and guest.confirmed_at is None:
        return False
    if not wishlist.public_links.filter(revoked_at=None).exists():
        return False
    return not GuestMail.objects.filter(guest=guest, stopped_at__isnull=False).exists()

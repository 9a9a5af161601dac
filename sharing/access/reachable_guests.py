"""Whether mail may go to the address that a guest typed. Checked when a letter is written and again when it is sent."""

from __future__ import annotations

from sharing.models import GuestMail
from wishlists.access.blind_mailboxes import reaches_blind
from wishlists.models import Guest


def belongs_to_blind(guest: Guest) -> bool:
    """Return whether the guest's address is of an account that must not learn about giving on this list.

    This happens by a typo, in a shared mailbox, or as a prank. Any mail would tell the recipient that somebody gives.
    The guest isn't told either, because that would say whose address it is.
    """
    return reaches_blind(guest.email, guest.wishlist)


def may_be_told(guest: Guest) -> bool:
    """Return whether notices may be mailed to this guest.

    The guest must want them and be able to open their page. If the list's guests confirm their address, it must be
    confirmed.
    """
    wishlist = guest.wishlist
    if not guest.email or wishlist.hidden_at is not None:
        return False
    if wishlist.guests_confirm and guest.confirmed_at is None:
        return False
    if not wishlist.public_links.filter(revoked_at=None).exists():
        return False
    return not GuestMail.objects.filter(guest=guest, stopped_at__isnull=False).exists()

"""Whether somebody from whom a list is kept secret would read a mail about giving."""

from __future__ import annotations

from accounts.models import User
from core.mailboxes.mailbox_forms import canonical_mailbox
from wishlists.access.audience import sight_of
from wishlists.models import Member, Wishlist
from wishlists.models.viewers import Audience, Sight


def reaches_blind(address: str, wishlist: Wishlist, *, besides: User | None = None) -> bool:
    """Whether mail to `address` probably arrives with a recipient of `wishlist`, or with somebody who was one.

    `besides` is the user whom the mail is for: a giver who became a recipient is told what they do themselves.

    Call it before every mail that tells of giving, no matter if a guest or a user typed the address.
    Spellings that may be of one mailbox count as one: a missing mail costs less than a spoilt surprise.
    """
    if sight_of(Audience.RECIPIENT, wishlist) is Sight.FULL:
        return False
    blind = Member.objects.blinding().filter(wishlist=wishlist).exclude(user=besides)
    addresses = blind.values_list("user__email", flat=True)
    return canonical_mailbox(address) in map(canonical_mailbox, addresses)

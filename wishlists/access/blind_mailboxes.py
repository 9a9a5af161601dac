"""Check whether a mail about giving would reach somebody who must not see giving."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import User
from core.mailboxes.mailbox_forms import canonical_mailbox
from wishlists.access.audience import sight_of
from wishlists.models import Contribution, Member, Reservation, Wishlist
from wishlists.models.viewers import Audience, Sight


def reaches_blind(address: str, wishlist: Wishlist, *, besides: User | None = None) -> bool:
    """Return whether mail to `address` probably reaches a recipient of `wishlist`, or a former recipient.

    `besides` is the user to whom the mail is addressed. They don't count: a giver who became a recipient still gets
    mail about what they gave.

    Call it before every mail that mentions giving, whether a guest or a user typed the address. Addresses that may be
    spellings of the same mailbox count as equal: a missing mail costs less than a spoilt surprise.
    """
    if sight_of(Audience.RECIPIENT, wishlist) is Sight.FULL:
        return False
    blind = Member.objects.blinding().filter(wishlist=wishlist).exclude(user=besides)
    addresses = blind.values_list("user__email", flat=True)
    return canonical_mailbox(address) in map(canonical_mailbox, addresses)


def is_shared_with_blind(user: User) -> bool:
    """Return whether a recipient of a list where `user` gives, or may give, probably reads the user's mailbox.

    News are about many things, and most of them about giving. So such a mailbox gets none at all.
    """
    given = Q(pk__in=Reservation.objects.filter(user=user).values("item__wishlist"))
    given |= Q(pk__in=Contribution.objects.filter(user=user).values("item__wishlist"))
    lists = Wishlist.objects.filter(given | Q(members__user=user))
    blind = Member.objects.blinding().filter(wishlist__in=lists).exclude(user=user)
    addresses = blind.order_by().values_list("user__email", flat=True).distinct()
    return canonical_mailbox(user.email) in map(canonical_mailbox, addresses)

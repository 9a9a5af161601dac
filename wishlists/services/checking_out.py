"""Mark several reservations as bought at once: all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from accounts.mail.mail_kinds import MailKind
from accounts.models import User
from accounts.services.mail import send_mail
from core.db.change import change, lock
from core.money.money import format_money
from wishlists.access.blind_mailboxes import reaches_blind
from wishlists.models import Reservation, Wishlist
from wishlists.models.giving import ReservationQuerySet
from wishlists.models.viewers import Viewer
from wishlists.projections.reservations import reservations_of
from wishlists.refusals import NothingReserved
from wishlists.services.reserving import change_reservation


@change()
def check_out(*, ids: Collection[UUID], by: Viewer) -> list[Reservation]:
    """Move those of `ids` that are still reserved to *ordered*, confirm them in one mail, and return them.

    Raises `NothingReserved` if `by` doesn't hold all of them. A repeated call moves nothing and sends no mail.
    """
    mine = reservations_of(by).filter(pk__in=ids)
    _lock_lists_of(mine)
    found = list(mine.select_related("item__wishlist").order_by("item__wishlist_id", "item_id"))
    if len(found) != len(set(ids)):
        raise NothingReserved
    moved = [
        change_reservation(reservation=reservation, by=by, stage=Reservation.Stage.ORDERED)
        for reservation in found
        if reservation.stage == Reservation.Stage.RESERVED
    ]
    if by.user is not None:
        _confirm(by.user, moved)
    return moved


def _lock_lists_of(reservations: ReservationQuerySet) -> None:
    """Lock all their lists first, ordered by id, like every other service. Otherwise two concurrent check-outs could
    deadlock.
    """
    lists = Wishlist.objects.filter(pk__in=reservations.order_by().values("item__wishlist"))
    list(lock(lists.order_by("pk")).values_list("pk", flat=True))


def _confirm(buyer: User, bought: Collection[Reservation]) -> None:
    """Mail how many gifts were bought, and their total price.

    The mail has no titles: other people wrote them, and the address may be unconfirmed. Gifts are left out if one of
    their recipients may read this mailbox.
    """
    lists = {reservation.item.wishlist_id: reservation.item.wishlist for reservation in bought}
    blind = {key for key, wishlist in lists.items() if reaches_blind(buyer.email, wishlist, besides=buyer)}
    told = [reservation for reservation in bought if reservation.item.wishlist_id not in blind]
    if told:
        unpriced = sum(reservation.price_minor is None for reservation in told)
        mail: dict[str, Any] = {"count": len(told), "totals": _totals(told), "unpriced": unpriced}
        send_mail(to=buyer, template="checked_out", kind=MailKind.RECEIPT, **mail)


def _totals(bought: Iterable[Reservation]) -> list[str]:
    sums: dict[str, int] = {}
    for reservation in bought:
        if reservation.price_minor is not None:
            price = reservation.price_minor * reservation.units
            sums[reservation.currency] = sums.get(reservation.currency, 0) + price
    return [format_money(minor, currency) for currency, minor in sorted(sums.items())]

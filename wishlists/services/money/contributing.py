"""Chipping in money: towards an item, or towards the list as a whole (its pot).

What is scarce is what is still missing of a target. Whoever chips in holds the lock of the list while they look at
the sum and write, so that two never fill the same gap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from core.db.change import change
from wishlists.access.former_givers import require_giver_access
from wishlists.models import Contribution, Item, Wishlist
from wishlists.models.giving import ContributionQuerySet
from wishlists.models.viewers import Viewer
from wishlists.refusals import ItemClosed, NoSuchContribution
from wishlists.services.activity import record
from wishlists.services.identification import refuse_unidentified
from wishlists.services.locking import lock_item, lock_item_as, lock_wishlist, lock_wishlist_as
from wishlists.services.money.funding import fund_of_item, fund_of_pot
from wishlists.services.units import as_it_is, occasion_as_it_is


@change()
def contribute(
    *, item: Item, by: Viewer, amount_minor: int | None, status: str, currency: str = ""
) -> Contribution:
    """Pledge or record money, in minor units; None is all that is missing of the target.

    Without `currency` an amount is in that of `item` as it was read: its owner may change it meanwhile. All that is
    missing is in the one in which it is counted.
    """
    current, viewpoint = lock_item_as(by, item)
    viewpoint.require_giver()
    refuse_unidentified(by, current.wishlist)
    if current.is_marked:
        raise ItemClosed
    fund = fund_of_item(current)
    currency = currency or (amount_minor is None and fund.counted_in) or item.currency
    amount = fund.admit(amount_minor, currency)
    known = as_it_is(current) | {"price_minor": current.price_minor, "currency": current.currency}
    made = _give(by, amount, currency, status, item=current, taken_as=known)
    record(wishlist=current.wishlist, kind="contribution_added", by=by, item=current)
    return made


@change()
def contribute_to_pot(
    *, wishlist: Wishlist, by: Viewer, amount_minor: int | None, status: str, currency: str
) -> Contribution:
    """The same towards the list as a whole."""
    current = lock_wishlist_as(by, wishlist).require_giver().wishlist
    refuse_unidentified(by, current)
    fund = fund_of_pot(current)
    currency = currency or fund.counted_in or settings.DEFAULT_CURRENCY
    amount = fund.admit(amount_minor, currency)
    made = _give(by, amount, currency, status, pot=current, taken_as=occasion_as_it_is(current))
    record(wishlist=current, kind="contribution_added", by=by)
    return made


def _give(by: Viewer, amount_minor: int, currency: str, status: str, **to: Any) -> Contribution:
    return Contribution.objects.create(
        user=by.user, guest=by.guest, amount_minor=amount_minor, currency=currency, status=status, **to
    )


@change()
def change_contribution(
    *,
    contribution: Contribution,
    by: Viewer,
    amount_minor: int | None = None,
    rest: bool = False,
    status: str | None = None,
) -> Contribution:
    """Another amount (`rest`: one's own and all that is missing), or paid. More only while it is wished for.

    What somebody chipped in stays theirs to change on an item or list that was withdrawn meanwhile. Whoever was seen
    out, or whose list it became, gives no more there, and is refused before anything is looked at.
    """
    wishlist, item = _lock_place(contribution)
    mine = _held(contribution, by)
    pledges_again = status == Contribution.Status.PLEDGED != mine.status
    if rest or pledges_again or (amount_minor or 0) > mine.amount_minor:
        require_giver_access(by, wishlist)
        refuse_unidentified(by, wishlist)
    changed: dict[str, int | str] = {"status": status} if status else {}
    if mine.freed_unseen:
        return _write_unseen(mine, changed | ({"amount_minor": amount_minor} if amount_minor else {}))
    if rest or amount_minor is not None:
        fund = fund_of_item(item) if item else fund_of_pot(wishlist)
        admitted = fund.admit(None if rest else amount_minor, mine.currency, instead_of=mine.amount_minor)
        if admitted > mine.amount_minor:
            _refuse_closed(wishlist, item)
        changed["amount_minor"] = admitted
    return _write(mine, changed, by, wishlist, item)


@change()
def withdraw_contribution(*, contribution: Contribution, by: Viewer) -> Contribution:
    """Take it back. Money that was paid is between the people who paid and were paid."""
    _lock_place(contribution)
    mine = _held(contribution, by)
    if mine.freed_unseen:
        return _write_unseen(mine, {"freed_unseen": False})
    return free_contribution(contribution=contribution, by=by)


@change()
def free_contribution(*, contribution: Contribution, by: Viewer) -> Contribution:
    """Withdraw a contribution without asking whose it is."""
    wishlist, item = _lock_place(contribution)
    current = Contribution.objects.standing().filter(pk=contribution.pk).first()
    if current is None:
        raise NoSuchContribution
    current.item = item
    current.withdrawn_at = timezone.now()
    current.save(update_fields=["withdrawn_at"])
    record(wishlist=wishlist, kind="contribution_withdrawn", by=by, item=item)
    return current


def free_pledges(given: ContributionQuerySet, *, unseen_by: Collection[UUID] = ()) -> list[Contribution]:
    """Within a change: withdraw what of `given` was pledged and not paid. Returns all that stood, the paid included.

    `unseen_by`: people who must not learn why it was freed, and go on seeing their own pledge.
    """
    found = list(
        given.standing().select_related("user", "item__wishlist", "pot").order_by("created_at", "pk")
    )
    for contribution in found:
        if contribution.status == Contribution.Status.PLEDGED:
            free_contribution(contribution=contribution, by=Viewer())
            if contribution.user_id in unseen_by:
                _write_unseen(contribution, {"freed_unseen": True})
    return found


def _lock_place(contribution: Contribution) -> tuple[Wishlist, Item | None]:
    """The list and the item that it is for, locked; also where they were withdrawn since."""
    if contribution.item is not None:
        item = lock_item(contribution.item, withdrawn_too=True)
        return item.wishlist, item
    assert contribution.pot is not None
    return lock_wishlist(contribution.pot, withdrawn_too=True), None


def _held(contribution: Contribution, by: Viewer) -> Contribution:
    """The contribution as it now is, if it stands and is of `by`. Whose a row is never changes."""
    mine = Contribution.objects.shown_to_giver().held_by(by).filter(pk=contribution.pk).first()
    if mine is None:
        raise NoSuchContribution
    return mine


def _write_unseen(mine: Contribution, fields: Mapping[str, int | str | bool]) -> Contribution:
    """Change what only its giver still sees: it counts nowhere, so nobody is told and nothing is logged."""
    if fields:
        Contribution.objects.filter(pk=mine.pk).update(**fields)
    return mine


def _refuse_closed(wishlist: Wishlist, item: Item | None) -> None:
    if wishlist.removed_at or (item is not None and (item.is_marked or item.removed_at)):
        raise ItemClosed


def _write(
    mine: Contribution, fields: dict[str, int | str], by: Viewer, wishlist: Wishlist, item: Item | None
) -> Contribution:
    """Set what differs; repeating a request changes and logs nothing."""
    changed = [name for name, new in fields.items() if getattr(mine, name) != new]
    for name in changed:
        setattr(mine, name, fields[name])
    if changed:
        mine.item = item
        mine.save(update_fields=changed)
        record(wishlist=wishlist, kind="contribution_changed", by=by, item=item, fields=changed)
    return mine

"""The money for one item or pot, and how much more is accepted. Read it under the list's lock, so that it stays true."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Min, Q, Sum

from core.money.money import MAX_MINOR
from wishlists.models import Collection, Contribution, Item, Wishlist
from wishlists.refusals import NoTarget, OtherCurrency, TargetReached, TooMuchMoney


@dataclass(frozen=True)
class Fund:
    """The contributions to one item or pot, summed by currency (oldest first), and its open collection, if any."""

    sums: dict[str, int]
    collection: Collection | None

    def admit(self, amount_minor: int | None, currency: str, *, instead_of: int = 0) -> int:
        """Return the amount to accept, in minor units. None asks for the remaining amount up to the target.

        `instead_of` is the same giver's old amount, which this one replaces. A lower amount is always accepted, because
        the target may have been set below the sum. Raises `TargetReached`, `NoTarget`, `TooMuchMoney` or
        `OtherCurrency`.
        """
        self.refuse_other_currency(currency)
        others = self.sums.get(currency, 0) - instead_of
        left = self._left(others)
        if amount_minor is None:
            if left is None:
                raise NoTarget
            amount_minor = left
        if left is not None and (not amount_minor or amount_minor > max(left, instead_of)):
            raise TargetReached(left, currency)
        if others + amount_minor > MAX_MINOR:
            raise TooMuchMoney
        return amount_minor

    def _left(self, others: int) -> int | None:
        if self.collection is None or self.collection.target_minor is None:
            return None
        return max(0, self.collection.target_minor - others)

    @property
    def counted_in(self) -> str | None:
        """The currency of this fund: the collection's, or that of existing contributions. None if any currency is
        accepted.
        """
        return self.collection.currency if self.collection else next(iter(self.sums), None)

    def refuse_other_currency(self, currency: str) -> None:
        """Raise `OtherCurrency` unless the currency fits.

        Contributions in other currencies, from before there was one currency per item, may still be changed.
        """
        standing = currency in self.sums and self.collection is None
        if self.counted_in is not None and currency != self.counted_in and not standing:
            raise OtherCurrency(self.counted_in)


def fund_of_item(item: Item) -> Fund:
    return _fund(Q(item=item), Collection.objects.open().filter(item=item).first())


def fund_of_pot(wishlist: Wishlist) -> Fund:
    return _fund(Q(pot=wishlist), Collection.objects.open().filter(wishlist=wishlist, item=None).first())


def fund_of_collection(collection: Collection) -> Fund:
    """Return the fund of this collection, also if it was just closed."""
    return _fund(things_of(collection), collection)


def things_of(collection: Collection) -> Q:
    """Match the contributions that a collection counts: those of its item, or of its list's pot, in any currency."""
    return Q(item=collection.item_id) if collection.item_id else Q(pot=collection.wishlist_id)


def _fund(of: Q, collection: Collection | None) -> Fund:
    standing = Contribution.objects.standing().filter(of).order_by().values("currency")
    summed = standing.annotate(total=Sum("amount_minor"), first=Min("created_at")).order_by("first")
    sums = summed.values_list("currency", "total")
    return Fund({currency: int(total) for currency, total in sums}, collection)

"""What is there of the money for one thing, and how much more may come. Read under the lock of its list, so it stays true."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Min, Q, Sum

from core.money.money import MAX_MINOR
from wishlists.models import Collection, Contribution, Item, Wishlist
from wishlists.refusals import NoTarget, OtherCurrency, TargetReached, TooMuchMoney


@dataclass(frozen=True)
class Fund:
    """The money for one thing: what stands, by currency and the oldest first, and the collection that is open for it, if any."""

    sums: dict[str, int]
    collection: Collection | None

    def admit(self, amount_minor: int | None, currency: str, *, instead_of: int = 0) -> int:
        """The amount that comes in, in minor units; None asks for all that is missing.

        `instead_of` is what the same giver takes out for it. Less than that is always let in: a target that was
        lowered below the sum holds nobody to what they gave.
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
        """One currency a thing: the collection's, else that of what stands; None while any may come."""
        return self.collection.currency if self.collection else next(iter(self.sums), None)

    def refuse_other_currency(self, currency: str) -> None:
        """What stands in another currency since before there was one a thing may still be changed."""
        standing = currency in self.sums and self.collection is None
        if self.counted_in is not None and currency != self.counted_in and not standing:
            raise OtherCurrency(self.counted_in)


def fund_of_item(item: Item) -> Fund:
    return _fund(Q(item=item), Collection.objects.open().filter(item=item).first())


def fund_of_pot(wishlist: Wishlist) -> Fund:
    return _fund(Q(pot=wishlist), Collection.objects.open().filter(wishlist=wishlist, item=None).first())


def fund_of_collection(collection: Collection) -> Fund:
    """Also when it was closed a moment ago."""
    return _fund(things_of(collection), collection)


def things_of(collection: Collection) -> Q:
    """Which contributions a collection counts: those of its item, or of its list's pot; in any currency."""
    return Q(item=collection.item_id) if collection.item_id else Q(pot=collection.wishlist_id)


def _fund(of: Q, collection: Collection | None) -> Fund:
    standing = Contribution.objects.standing().filter(of).order_by().values("currency")
    summed = standing.annotate(total=Sum("amount_minor"), first=Min("created_at")).order_by("first")
    sums = summed.values_list("currency", "total")
    return Fund({currency: int(total) for currency, total in sums}, collection)

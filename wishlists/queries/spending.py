"""What gifts cost, planned and bought, by currency. Amounts in different currencies are never added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from django.db.models import F, Q

from accounts.models import User
from core.money.money import NO_MONEY, Money
from core.projections.fields import Field, Projection
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.models import Budget, Contribution, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.money import contributions_by, project_own_contributions
from wishlists.projections.reservations import project_reservations, reservations_of
from wishlists.projections.rows import Row
from wishlists.projections.sights import OWN, Told


@dataclass
class Spending:
    """Amounts in one currency. `unpriced`: the number of gifts without a price."""

    currency: str
    planned_minor: int = 0
    bought_minor: int = 0
    unpriced: int = 0

    @property
    def planned(self) -> Money:
        return Money(self.planned_minor, self.currency)

    @property
    def bought(self) -> Money:
        return Money(self.bought_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.planned_minor + self.bought_minor, self.currency)


def spending_of(reservations: Iterable[Row], contributions: Iterable[Row]) -> list[Spending]:
    """Return the spending by currency, in alphabetical order.

    Released reservations, offers, and items that were withdrawn before they were bought cost nothing.
    """
    sums: dict[str, Spending] = {}

    def add(row: Row, amount: Money | None, units: int, *, paid: bool) -> None:
        currency = row["currency"]
        sum_ = sums.setdefault(currency, Spending(currency))
        if amount is None:
            sum_.unpriced += 1
        elif paid:
            sum_.bought_minor += amount.minor * units
        else:
            sum_.planned_minor += amount.minor * units

    for row in filter(is_spent_on, reservations):
        add(row, row["price"], row["units"], paid=row["status"] == Reservation.Status.PURCHASED)
    for row in contributions:
        add(row, row["amount"], 1, paid=row["status"] == Contribution.Status.PAID)
    return [sums[currency] for currency in sorted(sums)]


def is_spent_on(reservation: Row) -> bool:
    if reservation["released_at"] is not None or reservation["is_offer"]:
        return False
    return reservation["status"] == Reservation.Status.PURCHASED or not reservation["withdrawn"]


def budgets_of(user: User) -> list[Budget]:
    """Return the budgets for lists on which `user` gives, by date of the occasion. Recipients can't have one, so none
    is shown.
    """
    kept = Budget.objects.filter(user=user)
    lists = Wishlist.objects.visible_to(user).filter(pk__in=kept.values_list("wishlist", flat=True))
    viewpoints = viewpoints_of(Viewer(user=user), lists)
    found = []
    for budget in kept.order_by(F("wishlist__due_date").asc(nulls_last=True), "wishlist__title", "pk"):
        viewpoint = viewpoints.get(budget.wishlist_id)
        if viewpoint is not None and not viewpoint.is_recipient:
            budget.wishlist = viewpoint.wishlist
            found.append(budget)
    return found


OTHER_SPENDING = Projection(
    "other spending",
    Told,
    Field("currency", sights=OWN),
    Field("planned", sights=OWN),
    Field("bought", sights=OWN),
    read=attrgetter,
)

BUDGET = Projection(
    "budget",
    Told,
    Field("wishlist_id", sights=OWN, given=True),
    Field("amount", sights=OWN, get=lambda budget, _: budget and Money(budget.amount_minor, budget.currency)),
    Field("currency", sights=OWN, get=lambda budget, _: budget.currency if budget else None),
    Field("planned", sights=OWN, get=lambda _, spent: spent.planned if spent else NO_MONEY),
    Field("bought", sights=OWN, get=lambda _, spent: spent.bought if spent else NO_MONEY),
    Field("other_currencies", sights=OWN, given=True),
)
"""A giver's budget for a list, and what of it is planned and bought. Nobody else sees it."""


def project_budgets(user: User) -> list[Row]:
    """Return each budget with what is planned and bought. Runs as many statements for one as for many."""
    budgets, giver = budgets_of(user), Viewer(user=user)
    lists = [budget.wishlist_id for budget in budgets]
    reservations = project_reservations(reservations_of(giver).filter(item__wishlist__in=lists), giver)
    given = contributions_by(giver).filter(Q(item__wishlist__in=lists) | Q(pot__in=lists))
    money = project_own_contributions(given, giver)
    return [
        _budget(budget.wishlist_id, budget, spending_of(_on(budget, reservations), _on(budget, money)))
        for budget in budgets
    ]


def _on(budget: Budget, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["wishlist_id"] == budget.wishlist_id]


def project_budget(viewpoint: Viewpoint) -> Row:
    """Return the giver's budget for the list (null if there is none), and what is planned and bought."""
    wishlist, giver = viewpoint.wishlist, viewpoint.viewer
    budget = Budget.objects.filter(user=giver.user, wishlist=wishlist).first()
    return _budget(wishlist.pk, budget, [] if budget is None else _spending_on(wishlist, giver))


def _budget(wishlist_id: UUID, budget: Budget | None, spent: list[Spending]) -> Row:
    sums = {sum_.currency: sum_ for sum_ in spent}
    currency = budget.currency if budget else None
    spending = sums.pop(currency or "", None)
    others = [OTHER_SPENDING.project(sum_, Told.OWN) for sum_ in sums.values() if sum_.total.minor]
    return BUDGET.project(budget, Told.OWN, spending, wishlist_id=wishlist_id, other_currencies=others)


def _spending_on(wishlist: Wishlist, giver: Viewer) -> list[Spending]:
    reservations = reservations_of(giver).filter(item__wishlist=wishlist)
    money = contributions_by(giver).on(wishlist)
    return spending_of(project_reservations(reservations, giver), project_own_contributions(money, giver))

"""What giving costs: planned and bought, by currency; amounts of different currencies are never added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from django.db.models import F, Q

from accounts.models import User
from core.money.money import format_money, to_minor, to_wire
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
    """In minor units of `currency`. `unpriced`: gifts of which nobody knows what they cost."""

    currency: str
    planned: int = 0
    bought: int = 0
    unpriced: int = 0

    @property
    def planned_in_words(self) -> str:
        return format_money(self.planned, self.currency)

    @property
    def bought_in_words(self) -> str:
        return format_money(self.bought, self.currency)


def spending_of(reservations: Iterable[Row], contributions: Iterable[Row]) -> list[Spending]:
    """By currency, in alphabetical order. What was given back, only offered, or withdrawn before it was bought costs
    nothing."""
    sums: dict[str, Spending] = {}

    def add(row: Row, amount: float | None, units: int, *, paid: bool) -> None:
        currency = row["currency"]
        sum_ = sums.setdefault(currency, Spending(currency))
        if amount is None:
            sum_.unpriced += 1
        elif paid:
            sum_.bought += to_minor(amount, currency) * units
        else:
            sum_.planned += to_minor(amount, currency) * units

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
    """Of lists on which `user` gives, by their occasion. Of one that became theirs a budget is refused, so none is shown."""
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
    Field("planned", sights=OWN, get=lambda spent, _: to_wire(spent.planned, spent.currency)),
    Field("bought", sights=OWN, get=lambda spent, _: to_wire(spent.bought, spent.currency)),
    read=attrgetter,
)

BUDGET = Projection(
    "budget",
    Told,
    Field("wishlist_id", sights=OWN, given=True),
    Field(
        "amount", sights=OWN, get=lambda budget, _: budget and to_wire(budget.amount_minor, budget.currency)
    ),
    Field("currency", sights=OWN, get=lambda budget, _: budget.currency if budget else None),
    Field("planned", sights=OWN, get=lambda _, spent: to_wire(spent.planned, spent.currency) if spent else 0),
    Field("bought", sights=OWN, get=lambda _, spent: to_wire(spent.bought, spent.currency) if spent else 0),
    Field("other_currencies", sights=OWN, given=True),
)
"""What a giver means to spend on a list, and what of it is planned and bought; theirs alone."""


def project_budgets(user: User) -> list[Row]:
    """Each budget with what of it is planned and bought: as many statements for one as for many."""
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
    """What the giver means to spend on the list (null: they did not say), and what of it is planned and bought."""
    wishlist, giver = viewpoint.wishlist, viewpoint.viewer
    budget = Budget.objects.filter(user=giver.user, wishlist=wishlist).first()
    return _budget(wishlist.pk, budget, [] if budget is None else _spending_on(wishlist, giver))


def _budget(wishlist_id: UUID, budget: Budget | None, spent: list[Spending]) -> Row:
    sums = {sum_.currency: sum_ for sum_ in spent}
    currency = budget.currency if budget else None
    spending = sums.pop(currency or "", None)
    others = [OTHER_SPENDING.project(sum_, Told.OWN) for sum_ in sums.values() if sum_.planned or sum_.bought]
    return BUDGET.project(budget, Told.OWN, spending, wishlist_id=wishlist_id, other_currencies=others)


def _spending_on(wishlist: Wishlist, giver: Viewer) -> list[Spending]:
    reservations = reservations_of(giver).filter(item__wishlist=wishlist)
    money = contributions_by(giver).on(wishlist)
    return spending_of(project_reservations(reservations, giver), project_own_contributions(money, giver))

"""The page "My gifts": what a giver reserved and paid, by person and occasion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from core.money.money import format_amount, format_money
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.models import Budget, Reservation, Wishlist
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections.money import contributions_by, project_own_contributions
from wishlists.projections.reservations import project_reservations, recipients_of, reservations_of
from wishlists.projections.rows import Row
from wishlists.projections.waitlist import places_of, project_places
from wishlists.projections.who_sees import who_sees_of
from wishlists.projections.who_sees_sentences import joined, sentences_for_givers
from wishlists.queries.my_gifts import Wanted
from wishlists.queries.my_gifts_table import contributed, recipient_names
from wishlists.queries.spending import Spending, budgets_of, spending_of
from wishlists.web.cards.my_gifts import Gift, Money


@dataclass
class Occasion:
    """One list with what the giver gives there. Its title is empty where they may not read it and have none stored."""

    wishlist_id: UUID
    reads: bool
    """As one of its givers, by its address."""
    is_own: bool = False
    """It became the giver's own: a secret from them, of which they know what they took before."""
    budget: Budget | None = None
    who_sees_sentences: list[str] = field(default_factory=list)
    """Whom the list is for now, and who can see what one does there; of lists that one may open."""
    title: str = ""
    due_date: date | None = None
    recipients: list[str] = field(default_factory=list)
    time_zone: str = ""
    """Of the list, for those who read it; else times are told in the site's."""
    gifts: list[Gift] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)

    def add_gift(self, row: Row) -> None:
        self._name(row)
        self.recipients = row["recipients"]
        self.gifts.append(Gift(row, self.reads))

    def add_money(self, row: Row, recipients: list[str]) -> None:
        self._name(row)
        self.recipients = recipients
        self.money.append(Money(row))

    def _name(self, row: Row) -> None:
        """As it is; to those who no longer read it, as they knew it, if that is remembered."""
        if row["occasion"]["title"]:
            due = row["occasion"]["due_date"]
            self.title = row["occasion"]["title"]
            self.due_date = date.fromisoformat(due) if isinstance(due, str) else due

    @property
    def spending(self) -> list[Spending]:
        return spending_of((gift.row for gift in self.gifts), (money.row for money in self.money))

    @property
    def spent(self) -> int:
        """Planned and bought, in minor units of the budget's currency."""
        sums = [sum_ for sum_ in self.spending if self.budget and sum_.currency == self.budget.currency]
        return sum(sum_.planned + sum_.bought for sum_ in sums)

    @property
    def budget_in_words(self) -> str:
        if self.budget is None:
            return ""
        currency = self.budget.currency
        spent, amount = (format_money(minor, currency) for minor in (self.spent, self.budget.amount_minor))
        others = [
            format_money(sum_.planned + sum_.bought, sum_.currency)
            for sum_ in self.spending
            if sum_.currency != currency and sum_.planned + sum_.bought
        ]
        return " + ".join([_("{spent} of {amount}").format(spent=spent, amount=amount), *others])

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.spent > self.budget.amount_minor

    @property
    def budget_amount(self) -> str:
        """As one would type it."""
        return format_amount(self.budget.amount_minor, self.budget.currency) if self.budget else ""

    @property
    def budget_currency(self) -> str:
        """Of the budget, else of what is spent here."""
        spent = [sum_.currency for sum_ in self.spending]
        return self.budget.currency if self.budget else (spent or [settings.DEFAULT_CURRENCY])[0]

    @property
    def budget_minor(self) -> int:
        """Above zero, as a progress bar wants it."""
        return max(1, self.budget.amount_minor) if self.budget else 1


@dataclass
class Person:
    """Everybody for whom the same lists are, by name."""

    name: str
    occasions: list[Occasion]


@dataclass(frozen=True)
class MyGifts:
    """The whole page."""

    people: list[Person]
    spending: list[Spending]
    years: list[int]
    waiting: list[Row]
    """One's places in line, with the address of each list that one may open by it."""

    @property
    def may_check_out(self) -> bool:
        return any(
            gift.may_check_out for person in self.people for made in person.occasions for gift in made.gifts
        )


def read_my_gifts(user: User, year: int | None) -> MyGifts:
    """What is still to be done; or everything from `year`, including what was released."""
    giver = Viewer(user=user)
    rows, money = _rows(giver, year), project_own_contributions(contributed(giver, Wanted(year=year)), giver)
    occasions = _occasions(user, rows, money, to_do=year is None)
    waiting = _waiting(user) if year is None else []
    return MyGifts(_people(occasions), spending_of(rows, money), _years(giver), waiting)


def _waiting(user: User) -> list[Row]:
    giver = Viewer(user=user)
    places = project_places(places_of(giver), giver)
    lists = Wishlist.objects.visible_to(user).in_bulk({place["wishlist_id"] for place in places})
    return [{**place, "opens": place["wishlist_id"] in lists} for place in places]


def _rows(giver: Viewer, year: int | None) -> list[Row]:
    """In one reading each: what is held, and of a year what was given back."""
    held = Wanted(year=year).reservations_of(giver)
    if year is None:
        return project_reservations(held.exclude(stage=Reservation.Stage.GIVEN), giver)
    released = Wanted(year=year, released=True).reservations_of(giver)
    return project_reservations(held, giver) + project_reservations(released, giver)


def _years(giver: Viewer) -> list[int]:
    """Return the years in which the giver gave something, newest first."""
    found = [reservations_of(giver), reservations_of(giver, released=True), contributions_by(giver)]
    moments = (rows.order_by().datetimes("created_at", "year") for rows in found)
    return sorted({moment.year for rows in moments for moment in rows}, reverse=True)


def _occasions(user: User, rows: Sequence[Row], money: Sequence[Row], *, to_do: bool) -> list[Occasion]:
    """`to_do`: with those of which one only said what one means to spend."""
    ids = {row["wishlist_id"] for row in (*rows, *money)}
    visible = Wishlist.objects.visible_to(user).select_related("owner").filter(pk__in=ids)
    viewpoints = viewpoints_of(Viewer(user=user), visible)
    lists = {pk: viewpoint.wishlist for pk, viewpoint in viewpoints.items()}
    own = {pk for pk, viewpoint in viewpoints.items() if _is_own(viewpoint)}
    seen = who_sees_of([wishlist for pk, wishlist in lists.items() if pk not in own])
    budgets = {budget.wishlist_id: budget for budget in budgets_of(user)}
    found: dict[UUID, Occasion] = {}

    def occasion(row: Row) -> Occasion:
        pk = row["wishlist_id"]
        if pk not in found:
            reads = pk in lists.keys() - own
            who_sees_sentences = (
                sentences_for_givers(seen[pk], is_keeper=lists[pk].owner_id == user.pk) if reads else []
            )
            zone = lists[pk].time_zone if reads else ""
            found[pk] = Occasion(
                pk,
                reads=reads,
                is_own=pk in own,
                budget=budgets.get(pk),
                who_sees_sentences=who_sees_sentences,
                time_zone=zone,
            )
        return found[pk]

    for row in rows:
        occasion(row).add_gift(row)
    names = recipient_names(money)
    for row in money:
        occasion(row).add_money(row, names.get(row["wishlist_id"], []))
    if to_do:
        found |= _only_budgeted(budget for pk, budget in budgets.items() if pk not in found)
    return sorted(found.values(), key=lambda made: (made.due_date is None, str(made.due_date), made.title))


def _only_budgeted(budgets: Iterable[Budget]) -> dict[UUID, Occasion]:
    """Lists with a budget on which the giver gives nothing yet."""
    bare = list(budgets)
    names = recipients_of([budget.wishlist for budget in bare])
    return {
        budget.wishlist_id: Occasion(
            budget.wishlist_id,
            reads=True,
            budget=budget,
            title=budget.wishlist.title,
            due_date=budget.wishlist.due_date,
            recipients=names[budget.wishlist_id],
        )
        for budget in bare
    }


def _is_own(viewpoint: Viewpoint) -> bool:
    return viewpoint.is_recipient and viewpoint.sight is not Sight.FULL


def _people(occasions: Sequence[Occasion]) -> list[Person]:
    """In the order of their next occasion; last, the lists that one no longer reads."""
    names: dict[str, Person] = {}
    for occasion in sorted(occasions, key=lambda made: not made.recipients):
        name = joined(occasion.recipients)
        names.setdefault(name, Person(name, [])).occasions.append(occasion)
    return list(names.values())

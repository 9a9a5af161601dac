"""The page "My gifts": what a giver reserved and paid, by person and occasion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.money.money import Money, format_amount
from wishlists.access.viewpoint import Viewpoint, viewpoints_of
from wishlists.models import Budget, Reservation, Wishlist
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections.money import contributions_by, project_own_contributions
from wishlists.projections.reservations import project_reservations, recipients_of, reservations_of
from wishlists.projections.rows import Row
from wishlists.projections.waitlist import places_of, project_places
from wishlists.projections.who_sees import who_sees_of
from wishlists.projections.who_sees_sentences import joined, sentences_for_givers
from wishlists.queries.my_gifts.table import contributed, recipient_names
from wishlists.queries.my_gifts.wanted import Wanted
from wishlists.queries.spending import Spending, budgets_of, spending_of
from wishlists.web.cards.gifts import Gift, Share


def own_gift(row: Row, list_address: str, time_zone: str = "", *, is_own: bool = False) -> Gift:
    """Return a user's reservation as "My gifts" shows it."""
    return Gift(row, reverse("my-gifts-move", args=[row["id"]]), list_address, time_zone, is_own)


@dataclass
class Occasion:
    """A list with what the giver gives there. The title is empty if they can't read it and none was stored."""

    wishlist_id: UUID
    reads: bool
    """Whether a giver of the list may open it by its address."""
    is_own: bool = False
    """Whether the giver became a recipient. They then see only what they took before."""
    budget: Budget | None = None
    who_sees_sentences: list[str] = field(default_factory=list)
    """Who the list is for now, and who can see what the giver does there. Only for lists that they can open."""
    title: str = ""
    due_date: date | None = None
    recipients: list[str] = field(default_factory=list)
    time_zone: str = ""
    """The list's time zone if the giver can read it, else the site's."""
    gifts: list[Gift] = field(default_factory=list)
    money: list[Share] = field(default_factory=list)

    def add_gift(self, row: Row) -> None:
        self._name(row)
        self.recipients = row["recipients"]
        list_address = reverse("list", args=[self.wishlist_id]) if self.reads else ""
        self.gifts.append(own_gift(row, list_address, self.time_zone, is_own=self.is_own))

    def add_money(self, row: Row, recipients: list[str]) -> None:
        self._name(row)
        self.recipients = recipients
        self.money.append(Share(row))

    def _name(self, row: Row) -> None:
        """Return the current title, or the stored one if the giver can no longer read the list."""
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
        return sum(sum_.total.minor for sum_ in sums)

    @property
    def budget_in_words(self) -> str:
        if self.budget is None:
            return ""
        currency = self.budget.currency
        spent, amount = Money(self.spent, currency), Money(self.budget.amount_minor, currency)
        others = [str(sum_.total) for sum_ in self.spending if sum_.currency != currency and sum_.total.minor]
        return " + ".join([_("{spent} of {amount}").format(spent=spent, amount=amount), *others])

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.spent > self.budget.amount_minor

    @property
    def budget_amount(self) -> str:
        """The amount in the form in which people type it."""
        return format_amount(self.budget.amount_minor, self.budget.currency) if self.budget else ""

    @property
    def budget_currency(self) -> str:
        """The currency of the budget, else of what is spent here."""
        spent = [sum_.currency for sum_ in self.spending]
        return self.budget.currency if self.budget else (spent or [settings.DEFAULT_CURRENCY])[0]

    @property
    def budget_minor(self) -> int:
        """The budget, at least one, as a progress bar needs it."""
        return max(1, self.budget.amount_minor) if self.budget else 1


@dataclass
class Person:
    """The recipients of the same lists, by name."""

    name: str
    occasions: list[Occasion]


@dataclass(frozen=True)
class MyGifts:
    """The whole page."""

    people: list[Person]
    spending: list[Spending]
    years: list[int]
    waiting: list[Row]
    """The giver's places in line, each with the address of its list if they can open it."""

    @property
    def may_check_out(self) -> bool:
        return any(
            gift.may_check_out for person in self.people for made in person.occasions for gift in made.gifts
        )


def read_my_gifts(user: User, year: int | None) -> MyGifts:
    """Return what is still to be done, or everything from `year`, including released reservations."""
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
    """Return the reservations. For a year, released ones are included; otherwise given ones are left out."""
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
    """Group the rows by list. `to_do`: include lists that only have a budget."""
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
    """Return lists with a budget on which the giver gives nothing yet."""
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
    """Group the lists by recipients, in the order of their next occasion. Lists that the giver can no longer read come
    last.
    """
    names: dict[str, Person] = {}
    for occasion in sorted(occasions, key=lambda made: not made.recipients):
        name = joined(occasion.recipients)
        names.setdefault(name, Person(name, [])).occasions.append(occasion)
    return list(names.values())

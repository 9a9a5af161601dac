"""Compare the whole database with the ledger after every step, and what each kind of viewer sees.

The contributors of an item are read again only if a row, or who may see it, has changed since the last step.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis.stateful import invariant, precondition, rule

from core.money.money import Money
from tests.model.funding import POT, Chip
from tests.model.ledger import OWNER, Ledger
from tests.model.stage import Stage, givers
from tests.model.world import GUEST, START, THINGS, Row
from wishlists.access.viewpoint import Viewpoint
from wishlists.models.viewers import Sight
from wishlists.projections.gifts import all_named, project_gifts, require_revealed
from wishlists.projections.items import project_list
from wishlists.projections.money import (
    collections_of,
    contributions_by,
    project_collections,
    project_contributions,
    project_own_contributions,
    project_pot,
)
from wishlists.refusals import NotRevealed

VIEWERS = (OWNER, "Bob", GUEST)
"""One viewer of each audience: the recipient, a member, and a guest who came by a link."""


class Looking(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.sums: dict[str, int] = {}
        self.shown: dict[str, Any] = {}
        self.viewpoints: dict[str, Viewpoint] = {}

    @invariant()
    def all_is_as_it_ought_to_be(self) -> None:
        self.what_is_held_is_what_ought_to_be()
        self.who_waits_waits_in_order_and_never_for_what_is_free()
        self.units_are_counted_and_only_recipients_edit()
        self.what_stands_is_what_was_given_and_no_sum_passes_its_target()
        self.viewpoints = {viewer: self.world.viewpoint_of(viewer) for viewer in VIEWERS}
        self.everybody_sees_what_they_may()
        self.money_is_shown_to_those_who_may_know_of_it()
        self.who_gave_what_is_told_from_the_reveal_on_and_never_before()

    # --- the actual state ---

    def what_is_held_is_what_ought_to_be(self) -> None:
        held = {
            place: (row["units"], row["stage"], row["is_offer"], row["lapses_at"])
            for place, row in self.world.held().items()
        }
        ought = {
            place: (hold.units, hold.stage, hold.offer, hold.ends)
            for place, hold in self.ledger.holds.items()
        }
        assert held == ought

    def who_waits_waits_in_order_and_never_for_what_is_free(self) -> None:
        assert self.world.line() == self.ledger.line
        for name, _giver in self.ledger.line:
            assert not self.ledger.there(name) or self.ledger.free(name) == 0

    def units_are_counted_and_only_recipients_edit(self) -> None:
        for name, row in self.world.items_now().items():
            wish = self.ledger.wishes[name]
            assert (row["units_taken"], row["cap"]) == (self.ledger.taken(name), self.ledger.cap(name))
            assert row["cap"] is None or row["units_taken"] <= row["cap"]
            assert (row["removed_at"] is not None) == wish.gone
            assert row["updated_at"] == (wish.edited or START)

    def what_stands_is_what_was_given_and_no_sum_passes_its_target(self) -> None:
        rows, collected = self.world.money(), self.world.collected()
        assert {
            self.numbers[pk]: (
                row["thing"],
                row["giver"],
                row["amount_minor"],
                row["currency"],
                row["status"],
            )
            for pk, row in rows.items()
        } == {
            number: (chip.thing, chip.giver, chip.amount, chip.currency, chip.status)
            for number, chip in self.ledger.chips.items()
        }
        assert [
            (thing, row["organiser__display_name"], row["currency"], row["target_minor"], row["deadline_at"])
            for thing, row in collected.items()
        ] == [
            (thing, drive.organiser, drive.currency, drive.target, drive.deadline)
            for thing, drive in self.ledger.drives.items()
        ]
        for thing in THINGS:
            here = [row for row in rows.values() if row["thing"] == thing]
            assert len({row["currency"] for row in here}) <= 1
            total, before = sum(row["amount_minor"] for row in here), self.sums.get(thing, 0)
            target = collected[thing]["target_minor"] if thing in collected else None
            assert target is None or total <= max(target, before)
            self.sums[thing] = total

    # --- what viewers see ---

    def everybody_sees_what_they_may(self) -> None:
        """Givers see the actual state. Before the reveal recipients see the state without any giving."""
        for viewer in VIEWERS:
            viewpoint = self.viewpoints[viewer]
            assert viewpoint.wishlist.revealed_at == self.ledger.revealed
            rows = project_list(viewpoint.wishlist, viewpoint.sight)
            seen = {self.world.named[row["id"]]: _of_giving(row) for row in rows}
            there = [name for name, wish in self.ledger.wishes.items() if not wish.gone]
            assert seen == {name: self.availability(name, viewer) for name in there}

    def sight(self, viewer: str) -> Sight:
        if viewer == GUEST:
            return Sight.TOTALS
        return Sight.FULL if viewer != OWNER or self.ledger.revealed else Sight.BLIND

    def availability(self, name: str, viewer: str) -> tuple[object, ...]:
        ledger, sight = self.ledger, self.sight(viewer)
        holder = ledger.holder(name) if sight is Sight.FULL else None
        if sight is Sight.BLIND:
            wish = ledger.wishes[name]
            return *Ledger(START, {name: wish}).status(name), holder, 0, 0, 0, wish.currency
        return *ledger.status(name), holder, *self.totals(name), ledger.counted_in(name)

    def totals(self, thing: str) -> tuple[float, float, float]:
        """Return the totals, in the one currency in which they count."""
        currency = self.ledger.counted_in(thing)
        both, pledged, paid = [
            self.ledger.sum_of(thing, currency, *of) for of in ((), ("pledged",), ("paid",))
        ]
        return both / 100, pledged / 100, paid / 100

    def money_is_shown_to_those_who_may_know_of_it(self) -> None:
        """Compare the contributors, as the recipient and one of the others in turn see them."""
        for thing in THINGS:
            chips = [chip for chip in self.ledger.chips.values() if chip.thing == thing]
            if self.is_new(thing, self.ledger.revealed, chips, self.totals(thing)):
                self.compare_contributions(thing, OWNER, chips)
                self.compare_contributions(thing, VIEWERS[1 + len(chips) % 2], chips)
        there = [(thing, drive) for thing, drive in self.ledger.drives.items() if self.is_listed(thing)]
        sums = [self.totals(thing) for thing, _drive in there]
        if self.is_new("collections", self.ledger.revealed, there, sums):
            self.compare_collections(OWNER)
            self.compare_collections(VIEWERS[1 + len(self.numbers) % 2])

    def is_new(self, what: str, *state: object) -> bool:
        known = repr(state)
        was, self.shown[what] = self.shown.get(what), known
        return was != known

    def is_listed(self, thing: str) -> bool:
        return thing == POT or not self.ledger.wishes[thing].gone

    def compare_contributions(self, thing: str, viewer: str, chips: list[Chip]) -> None:
        if thing == POT:
            shown = project_pot(self.viewpoints[viewer])
        else:
            shown = project_contributions(self.world.item(thing), self.viewpoints[viewer])
        sight = self.sight(viewer)
        assert [
            _values(row, "amount", "currency", "status", "display_name", "is_me")
            for row in shown["contributions"]
        ] == [
            (
                chip.amount / 100,
                chip.currency,
                chip.status,
                chip.giver if sight is Sight.FULL or chip.giver == viewer else None,
                chip.giver == viewer,
            )
            for chip in (() if sight is Sight.BLIND else chips)
        ]
        sums = _values(shown, "total", "total_pledged", "total_paid")
        assert sums == ((0, 0, 0) if sight is Sight.BLIND else self.totals(thing))

    def compare_collections(self, viewer: str) -> None:
        viewpoint, sight = self.viewpoints[viewer], self.sight(viewer)
        rows = project_collections(collections_of(viewpoint), viewpoint)
        ought = []
        for thing, drive in self.ledger.drives.items():
            if sight is Sight.BLIND or not self.is_listed(thing):
                continue
            total = self.ledger.sum_of(thing, drive.currency) / 100
            left = drive.target and max(0, drive.target / 100 - total)
            organiser = drive.organiser if sight is Sight.FULL else None
            target = drive.target and drive.target / 100
            ought.append((self.id_of(thing), organiser, target, total, left, drive.deadline))
        columns = ("item_id", "organiser_name", "target", "total", "remaining", "deadline_at")
        assert [_values(row, *columns) for row in rows] == ought

    @precondition(lambda self: self.numbers)
    @rule(giver=givers)
    def look_at_ones_own(self, giver: str) -> None:
        """Compare the giver's own gifts, newest first, including gifts on items that were removed since."""
        viewer = self.who(giver)
        rows = project_own_contributions(contributions_by(viewer), viewer)
        mine = [chip for chip in self.ledger.chips.values() if chip.giver == giver]
        assert [_own(row) for row in rows] == [
            (self.id_of(chip.thing), chip.amount / 100, chip.currency, chip.status, self.is_withdrawn(chip))
            for chip in reversed(mine)
        ]

    def is_withdrawn(self, chip: Chip) -> bool:
        return self.ledger.is_gone or not self.is_listed(chip.thing)

    def id_of(self, thing: str) -> UUID | None:
        return self.world.items.get(thing)

    # --- the gifts ---

    def who_gave_what_is_told_from_the_reveal_on_and_never_before(self) -> None:
        viewpoint = self.viewpoints[OWNER]
        try:
            require_revealed(viewpoint)
        except NotRevealed:
            assert self.ledger.revealed is None
            return
        assert self.ledger.revealed is not None
        ought = self.gifts()
        if self.is_new("gifts", ought):
            gifts = project_gifts(viewpoint, named=all_named(viewpoint))
            assert {row["display_name"]: _gifts(row) for row in gifts} == ought

    def gifts(self) -> dict[str, tuple[list[object], list[object]]]:
        """Return the gifts. A unit that is only offered to the next in line is not a gift yet."""
        gave: dict[str, tuple[list[object], list[object]]] = {}
        for (name, giver), hold in self.ledger.holds.items():
            if not hold.offer:
                gave.setdefault(giver, ([], []))[0].append(
                    (self.id_of(name), hold.units, hold.stage, self.ledger.wishes[name].gone, hold.created)
                )
        for chip in self.ledger.chips.values():
            gone = not self.is_listed(chip.thing)
            gave.setdefault(chip.giver, ([], []))[1].append(
                (self.id_of(chip.thing), chip.amount / 100, chip.currency, chip.status, gone, chip.created)
            )
        return {giver: (sorted(held, key=_since), chips) for giver, (held, chips) in gave.items()}


def _since(gift: Any) -> Any:
    return gift[-1]


def _values(row: Row, *columns: str) -> tuple[object, ...]:
    """Return the values of the row, with amounts as answers write them."""
    values = (row[column] for column in columns)
    return tuple(value.wire if isinstance(value, Money) else value for value in values)


def _of_giving(row: Row) -> tuple[object, ...]:
    columns = ("reservation_status", "units_free", "reserved_by_name")
    sums = ("contributed_total", "contributed_pledged", "contributed_paid", "contributed_currency")
    return _values(row, *columns, *sums)


def _own(row: Row) -> tuple[object, ...]:
    return _values(row, "item_id", "amount", "currency", "status", "withdrawn")


def _gifts(row: Row) -> tuple[list[object], list[object]]:
    held = ("item_id", "units", "stage", "withdrawn", "created_at")
    chipped = ("item_id", "amount", "currency", "status", "withdrawn", "created_at")
    return (
        [_values(one, *held) for one in row["reservations"]],
        [_values(one, *chipped) for one in row["contributions"]],
    )

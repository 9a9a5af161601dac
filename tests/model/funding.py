"""The expected state of the money: targets that cap sums, deadlines that free pledges, and one currency for each item
or pot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.model.ledger import CLOSED, GONE, NO_LIST, OWNER, RECIPIENT, Ledger

POT = "the list as a whole"
NOT_MINE, NOTHING_COLLECTED = "no_such_contribution", "no_such_collection"


@dataclass
class Chip:
    """A contribution to an item, by name, or to the pot."""

    thing: str
    giver: str
    amount: int
    currency: str
    status: str
    created: datetime


@dataclass
class Drive:
    """The open collection for an item or the pot."""

    organiser: str
    currency: str
    target: int | None
    deadline: datetime | None


@dataclass
class MoneyLedger(Ledger):
    chips: dict[int, Chip] = field(default_factory=dict)
    """By number, in the order in which they were made."""
    drives: dict[str, Drive] = field(default_factory=dict)
    made: int = 0

    # --- looking ---

    def sum_of(self, thing: str, currency: str, *statuses: str) -> int:
        return sum(
            chip.amount
            for chip in self.chips.values()
            if (chip.thing, chip.currency) == (thing, currency) and (not statuses or chip.status in statuses)
        )

    def currencies(self, thing: str) -> set[str]:
        return {chip.currency for chip in self.chips.values() if chip.thing == thing}

    def counted_in(self, thing: str) -> str:
        """Return the currency of the contributions, or of the collection, or of the item, in this order."""
        collected = [self.drives[thing].currency] if thing in self.drives else []
        own = self.wishes[thing].currency if thing != POT else "EUR"
        return next(iter((*self.currencies(thing), *collected, own)))

    def is_wished(self, thing: str) -> bool:
        if thing == POT:
            return not self.is_gone
        return self.there(thing) and not self.wishes[thing].mark

    # --- givers ---

    def contribute(self, thing: str, giver: str, amount: int | None, status: str, currency: str) -> str:
        """An amount of None means everything that is missing."""
        if refusal := self._refuse(thing, giver):
            return refusal
        if not self.is_wished(thing):
            return CLOSED
        came = self._admit(thing, amount, currency)
        if isinstance(came, str):
            return came
        self.made += 1
        self.chips[self.made] = Chip(thing, giver, came, currency, status, self.now)
        return ""

    def change_chip(self, number: int, giver: str, amount: int | None, rest: bool, status: str | None) -> str:
        chip = self.chips.get(number)
        if chip is None or chip.giver != giver:
            return NOT_MINE
        came: int | str = chip.amount
        if rest or amount is not None:
            came = self._admit(chip.thing, None if rest else amount, chip.currency, out=chip.amount)
        if isinstance(came, str):
            return came
        if came > chip.amount and not self.is_wished(chip.thing):
            return CLOSED
        chip.amount, chip.status = came, status or chip.status
        return ""

    def withdraw(self, number: int, giver: str) -> str:
        if number not in self.chips or self.chips[number].giver != giver:
            return NOT_MINE
        del self.chips[number]
        return ""

    def collect(
        self, thing: str, by: str, currency: str, target: int | None, deadline: datetime | None
    ) -> str:
        if refusal := self._refuse_organiser(by):
            return refusal
        if thing != POT and not self.there(thing):
            return GONE
        if thing in self.drives:
            return "collection_open"
        if self.currencies(thing) - {currency}:
            return "other_currency"
        self.drives[thing] = Drive(by, currency, target, deadline)
        return ""

    def change_drive(self, thing: str, by: str, **fields: object) -> str:
        if refusal := self._refuse_other(thing, by):
            return refusal
        for name, value in fields.items():
            setattr(self.drives[thing], name, value)
        return ""

    def hand_over(self, thing: str, by: str, to: str) -> str:
        if refusal := self._refuse_other(thing, by):
            return refusal
        if to == OWNER:
            return "no_such_organiser"
        self.drives[thing].organiser = to
        return ""

    def stop_collecting(self, thing: str, by: str) -> str:
        if refusal := self._refuse_other(thing, by):
            return refusal
        del self.drives[thing]
        return ""

    # --- recipients ---

    def remove_list(self) -> str:
        """Remove the list. Pledges become free, and payments stay."""
        refusal = super().remove_list()
        if not refusal:
            for thing in (*self.wishes, POT):
                self._free_pledges(thing)
        return refusal

    # --- the clock ---

    def end_due(self) -> int:
        """End collections that are due. If the target is not reached, pledges become free, also for items that were
        removed since."""
        drives = self.drives.items()
        due = [thing for thing, drive in drives if drive.deadline and drive.deadline <= self.now]
        for thing in due:
            drive = self.drives.pop(thing)
            if self.sum_of(thing, drive.currency) < (drive.target or 0):
                self._free_pledges(thing)
        return len(due)

    def _free_pledges(self, thing: str) -> None:
        kept = self.chips.items()
        self.chips = {number: chip for number, chip in kept if chip.thing != thing or chip.status == "paid"}

    # --- which amounts are accepted ---

    def _admit(self, thing: str, amount: int | None, currency: str, *, out: int = 0) -> int | str:
        """Return the accepted amount, or the code of a refusal. `out` is the amount that the same giver withdraws in
        exchange."""
        drive = self.drives.get(thing)
        counted = {drive.currency} if drive else self.currencies(thing)
        if counted and currency not in counted:
            return "other_currency"
        if drive is None or drive.target is None:
            return "no_target" if amount is None else amount
        left = max(0, drive.target - (self.sum_of(thing, currency) - out))
        wanted = left if amount is None else amount
        return wanted if 0 < wanted <= max(left, out) else "target_reached"

    def _refuse(self, thing: str, by: str) -> str:
        if thing == POT and self.is_gone:
            return NO_LIST
        if thing != POT and not self.there(thing):
            return GONE
        return RECIPIENT if by == OWNER else ""

    def _refuse_organiser(self, by: str) -> str:
        if self.is_gone:
            return NO_LIST
        return RECIPIENT if by == OWNER else ""

    def _refuse_other(self, thing: str, by: str) -> str:
        if refusal := self._refuse_organiser(by):
            return refusal
        if thing not in self.drives:
            return NOTHING_COLLECTED
        return "" if self.drives[thing].organiser == by else "organiser_only"

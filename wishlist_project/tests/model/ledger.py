"""What ought to be: the rules of giving, said once more with dictionaries. Every verb answers the code of a refusal, or ""."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

DAY = timedelta(days=1)
TAKEN, GONE, CLOSED = "reservation_conflict", "no_such_item", "item_closed"
Place = tuple[str, str]
"""An item and a giver, by name."""


@dataclass
class Wish:
    quantity: int | None = 1
    mark: str = ""
    gone: bool = False
    choice: str | None = None


@dataclass
class Hold:
    units: int
    stage: str
    created: datetime
    ends: datetime | None
    offer: bool = False


@dataclass
class Ledger:
    """One list whose days are those of UTC."""

    now: datetime
    wishes: dict[str, Wish]
    lapse_days: int | None = None
    revealed: bool = False
    holds: dict[Place, Hold] = field(default_factory=dict)
    line: list[Place] = field(default_factory=list)
    money: dict[str, int] = field(default_factory=dict)

    # --- looking ---

    def taken(self, name: str) -> int:
        return sum(hold.units for (item, _), hold in self.holds.items() if item == name)

    def cap(self, name: str) -> int | None:
        quantity = self.wishes[name].quantity
        return None if quantity is None else max(quantity, self.taken(name))

    def is_closed(self, name: str) -> bool:
        choice = self.wishes[name].choice
        others = [
            other
            for other, wish in self.wishes.items()
            if other != name and not wish.gone and wish.choice == choice
        ]
        return choice is not None and any(self.taken(other) for other in others)

    def free(self, name: str) -> int | None:
        if self.wishes[name].mark or self.is_closed(name):
            return 0
        cap = self.cap(name)
        return None if cap is None else cap - self.taken(name)

    def has(self, name: str, units: int) -> bool:
        free = self.free(name)
        return free is None or free >= units

    def status(self, name: str) -> tuple[str, int | None]:
        """As givers see it."""
        wish, free = self.wishes[name], self.free(name)
        if wish.mark:
            return ("purchased" if wish.mark == "received" else "reserved"), 0
        if free != 0:
            return "available", free
        full = self.cap(name) == self.taken(name)
        stages = [hold.stage for (item, _), hold in self.holds.items() if item == name]
        return ("purchased" if full and "reserved" not in stages else "reserved"), 0

    # --- givers ---

    def reserve(self, name: str, giver: str, units: int | None, stage: str | None) -> str:
        if self.wishes[name].gone:
            return GONE
        if (name, giver) in self.holds:
            return self.change(name, giver, units, stage)
        if not self.has(name, units or 1):
            return TAKEN
        stage = stage or "reserved"
        self.holds[name, giver] = Hold(units or 1, stage, self.now, self._end(stage))
        return ""

    def change(self, name: str, giver: str, units: int | None, stage: str | None) -> str:
        hold = self.holds[name, giver]
        if units is not None and units > hold.units and not self.has(name, units - hold.units):
            return TAKEN
        if hold.offer or (stage and stage != hold.stage):
            hold.stage, hold.offer = stage or hold.stage, False
            hold.ends = self._end(hold.stage)
        hold.units = units or hold.units
        self._serve()
        return ""

    def release(self, name: str, giver: str) -> str:
        if self.wishes[name].gone:
            return GONE
        if (name, giver) not in self.holds:
            return "not_holder" if self.free(name) == 0 else ""
        return self.give_back(name, giver)

    def give_back(self, name: str, giver: str) -> str:
        del self.holds[name, giver]
        self._serve()
        return ""

    def wait(self, name: str, giver: str) -> str:
        if self.wishes[name].gone:
            return GONE
        if (name, giver) in self.line:
            return ""
        if (name, giver) in self.holds:
            return "already_yours"
        if self.wishes[name].mark:
            return CLOSED
        if self.free(name) != 0:
            return "still_free"
        self.line.append((name, giver))
        return ""

    def leave(self, name: str, giver: str) -> str:
        self.line = [place for place in self.line if place != (name, giver)]
        return ""

    def contribute(self, name: str, amount: int) -> str:
        if self.wishes[name].gone:
            return GONE
        if self.wishes[name].mark:
            return CLOSED
        self.money[name] = self.money.get(name, 0) + amount
        return ""

    # --- recipients: nothing of it is ever refused because of what givers did ---

    def edit(self, name: str, **fields: object) -> str:
        if self.wishes[name].gone:
            return GONE
        for field_name, value in fields.items():
            setattr(self.wishes[name], field_name, value)
        self._serve()
        return ""

    def restore(self, name: str) -> str:
        self.wishes[name].gone = False
        self._serve()
        return ""

    # --- the clock ---

    def start_terms(self) -> None:
        for (name, _), hold in self.holds.items():
            if hold.stage == "reserved" and hold.ends is None and not self.wishes[name].gone:
                hold.ends = self._end("reserved")

    def due(self) -> set[Place]:
        return {
            (name, giver)
            for (name, giver), hold in self.holds.items()
            if hold.ends is not None and hold.ends <= self.now and not self.wishes[name].gone
        }

    def lapse(self, place: Place) -> bool:
        hold = self.holds[place]
        if not hold.offer:
            end = self._end("reserved", hold.created)
            if end is None or end > self.now:
                hold.ends = end
                return False
        self.give_back(*place)
        return True

    def _end(self, stage: str, taken: datetime | None = None) -> datetime | None:
        if stage != "reserved" or self.lapse_days is None:
            return None
        day = (taken or self.now).date() + (self.lapse_days + 1) * DAY
        return datetime.combine(day, time.min, self.now.tzinfo)

    def _serve(self) -> None:
        """Whatever is free goes to those who wait, in the order in which they came."""
        for name, giver in list(self.line):
            if self.wishes[name].gone or self.free(name) == 0:
                continue
            self.line.remove((name, giver))
            if (name, giver) not in self.holds:
                self.holds[name, giver] = Hold(1, "reserved", self.now, self.now + DAY, offer=True)

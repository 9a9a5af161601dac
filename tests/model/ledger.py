"""The expected state: the rules of giving, written again with dictionaries. Every method returns the code of a
refusal, or ""."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

DAY = timedelta(days=1)
TAKEN, GONE, CLOSED = "reservation_conflict", "no_such_item", "item_closed"
NO_LIST, RECIPIENT, SEALED = "no_such_list", "recipient", "secret_sealed"
OWNER = "Alice"
"""The owner and recipient of the list."""
Place = tuple[str, str]
"""An item and a giver, by name."""


@dataclass
class Wish:
    quantity: int | None = 1
    mark: str = ""
    gone: bool = False
    choice: str | None = None
    currency: str = "EUR"
    edited: datetime | None = None
    """When a recipient last changed it. Nothing that a giver does counts as an edit."""


@dataclass
class Hold:
    units: int
    stage: str
    created: datetime
    ends: datetime | None
    offer: bool = False


@dataclass
class Ledger:
    """One list, whose days are in UTC."""

    now: datetime
    wishes: dict[str, Wish]
    lapse_days: int | None = None
    is_gone: bool = False
    reveal_on: date | None = None
    revealed: datetime | None = None
    holds: dict[Place, Hold] = field(default_factory=dict)
    line: list[Place] = field(default_factory=list)

    # --- looking ---

    def there(self, name: str) -> bool:
        return not self.is_gone and not self.wishes[name].gone

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
        """Return the status that givers see."""
        wish, free = self.wishes[name], self.free(name)
        if wish.mark:
            return ("purchased" if wish.mark == "received" else "reserved"), 0
        if free != 0:
            return "available", free
        full = self.cap(name) == self.taken(name)
        stages = [hold.stage for (item, _), hold in self.holds.items() if item == name]
        return ("purchased" if full and "reserved" not in stages else "reserved"), 0

    def holder(self, name: str) -> str | None:
        """Return who holds all units. An item that a recipient marked is held by the recipient."""
        if self.wishes[name].mark:
            return OWNER
        cap = self.cap(name)
        whole = [giver for (item, giver), hold in self.holds.items() if item == name and hold.units == cap]
        return whole[0] if whole else None

    # --- givers ---

    def reserve(self, name: str, giver: str, units: int | None, stage: str | None) -> str:
        if not self.there(name):
            return GONE
        if giver == OWNER:
            return RECIPIENT
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
        if not self.there(name):
            return GONE
        if giver == OWNER:
            return RECIPIENT
        if (name, giver) not in self.holds:
            return "not_holder" if self.free(name) == 0 else ""
        return self.give_back(name, giver)

    def give_back(self, name: str, giver: str) -> str:
        del self.holds[name, giver]
        self._serve()
        return ""

    def wait(self, name: str, giver: str) -> str:
        if not self.there(name):
            return GONE
        if giver == OWNER:
            return RECIPIENT
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
        if giver == OWNER:
            return RECIPIENT
        self.line = [place for place in self.line if place != (name, giver)]
        return ""

    # --- recipients: nothing they do is refused because of what givers did ---

    def edit(self, name: str, **fields: object) -> str:
        if not self.there(name):
            return GONE
        wish = self.wishes[name]
        if any(getattr(wish, field_name) != value for field_name, value in fields.items()):
            wish.edited = self.now
        for field_name, value in fields.items():
            setattr(wish, field_name, value)
        self._serve()
        return ""

    def remove(self, name: str) -> str:
        if not self.there(name):
            return GONE
        self.wishes[name].gone = True
        self._serve()
        return ""

    def restore(self, name: str) -> str:
        if self.is_gone:
            return NO_LIST
        self.wishes[name].gone, self.wishes[name].edited = False, self.now
        self._serve()
        return ""

    def remove_list(self) -> str:
        if self.is_gone:
            return NO_LIST
        self.is_gone = True
        return ""

    # --- the reveal: nobody can undo it, and no setting makes it earlier ---

    def reveal(self, asker: str, *, confirmed: bool) -> str:
        if self.is_gone:
            return NO_LIST
        if not confirmed:
            return "confirmation_required"
        if asker != OWNER:
            return "recipient_only"
        self.revealed = self.revealed or self.now
        return ""

    def set_reveal(self, day: date | None) -> str:
        if self.is_gone:
            return NO_LIST
        if day is not None and (self.reveal_on is None or day < self.reveal_on):
            return SEALED
        self.reveal_on = day
        return ""

    def reveal_if_due(self) -> bool:
        day = self.reveal_on
        if self.is_gone or self.revealed or day is None or day > self.now.date():
            return False
        self.revealed = self.now
        return True

    # --- the clock ---

    def start_terms(self) -> None:
        for (name, _), hold in self.holds.items():
            if hold.stage == "reserved" and hold.ends is None and self.there(name):
                hold.ends = self._end("reserved")

    def due(self) -> set[Place]:
        return {
            (name, giver)
            for (name, giver), hold in self.holds.items()
            if hold.ends is not None and hold.ends <= self.now and self.there(name)
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
        """Offer free units to those who wait, in the order in which they came."""
        for name, giver in list(self.line):
            if not self.there(name) or self.free(name) == 0:
                continue
            self.line.remove((name, giver))
            if (name, giver) not in self.holds:
                self.holds[name, giver] = Hold(1, "reserved", self.now, self.now + DAY, offer=True)

"""Random steps with units: reserving, releasing, waiting, and what recipients do to their items meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.ledger import Place
from tests.model.stage import Stage, anybody, names
from tests.model.world import CHOICES
from wishlists.models import Reservation, Wishlist
from wishlists.services.lapsing import lapse_due_reservations, start_terms
from wishlists.services.lists.items import edit_item, mark_item, remove_item, restore_item
from wishlists.services.lists.reveal import reveal_due_wishlists
from wishlists.services.money.collecting import end_due_collections
from wishlists.services.reserving import change_reservation, release_item, release_reservation, reserve_item
from wishlists.services.waitlisting import stop_waiting, wait_for_item

units = st.none() | st.integers(1, 4)
stages = st.none() | st.sampled_from(Reservation.Stage.values)


class Units(Stage):
    @rule(name=names, giver=anybody, units=units, stage=stages)
    def reserve(self, name: str, giver: str, units: int | None, stage: str | None) -> None:
        self._reserve(name, giver, units, stage)

    def _reserve(self, name: str, giver: str, units: int | None, stage: str | None) -> None:
        ought = self.tick().reserve(name, giver, units, stage)
        self.step(lambda: reserve_item(**self.given(name, giver), units=units, stage=stage), ought)

    def held(self, place: Place) -> dict[str, Any]:
        found = self.world.reservation(self.world.held()[place]["pk"])
        return {"reservation": found, "by": self.who(place[1])}

    @precondition(lambda self: self.ledger.holds)
    @rule(data=st.data(), units=units, stage=stages)
    def change(self, data: st.DataObject, units: int | None, stage: str | None) -> None:
        place = data.draw(st.sampled_from(sorted(self.ledger.holds)))
        if units is None and stage is None:
            return
        mine, ought = self.held(place), self.tick().change(*place, units, stage)
        self.step(lambda: change_reservation(**mine, units=units, stage=stage), ought)

    @precondition(lambda self: self.ledger.holds)
    @rule(data=st.data(), by_item=st.booleans())
    def give_back(self, data: st.DataObject, by_item: bool) -> None:
        """Release by item, or by reservation: a reservation can be released even if its item was removed."""
        place = data.draw(st.sampled_from(sorted(self.ledger.holds)))
        if by_item:
            ought = self.tick().release(*place)
            self.step(lambda: release_item(**self.given(*place)), ought)
        else:
            mine, ought = self.held(place), self.tick().give_back(*place)
            self.step(lambda: release_reservation(**mine), ought)

    @rule(name=names, giver=anybody)
    def give_back_nothing(self, name: str, giver: str) -> None:
        if (name, giver) not in self.ledger.holds:
            ought = self.tick().release(name, giver)
            self.step(lambda: release_item(**self.given(name, giver)), ought)

    @rule(name=names, giver=anybody)
    def wait(self, name: str, giver: str) -> None:
        self._wait(name, giver)

    def _wait(self, name: str, giver: str) -> None:
        ought = self.tick().wait(name, giver)
        self.step(lambda: wait_for_item(**self.given(name, giver)), ought)

    @precondition(lambda self: self.ledger.line)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.ledger.line)))
        ought = self.tick().leave(*place)
        self.step(lambda: stop_waiting(**self.given(*place)), ought)

    @rule(name=names, quantity=st.none() | st.integers(1, 4))
    def set_quantity(self, name: str, quantity: int | None) -> None:
        ought = self.tick().edit(name, quantity=quantity)
        self.step(lambda: edit_item(**self.owned(name), quantity=quantity), ought)

    @rule(name=names, choice=st.sampled_from([None, *CHOICES]))
    def choose(self, name: str, choice: str | None) -> None:
        self._choose(name, choice)

    def _choose(self, name: str, choice: str | None) -> None:
        ought = self.tick().edit(name, choice=choice)
        self.step(lambda: edit_item(**self.owned(name), choice=choice and CHOICES[choice]), ought)

    @rule(name=names, mark=st.sampled_from(["", "", "set_aside", "received"]))
    def mark(self, name: str, mark: str) -> None:
        ought = self.tick().edit(name, mark=mark)
        self.step(lambda: mark_item(**self.owned(name), mark=mark), ought)

    @rule(name=names)
    def remove_or_restore(self, name: str) -> None:
        self._remove_or_restore(name)

    def _remove_or_restore(self, name: str) -> None:
        ledger = self.tick()
        if ledger.wishes[name].gone:
            ought, act = ledger.restore(name), restore_item
        else:
            ought, act = ledger.remove(name), remove_item
        self.step(lambda: act(**self.owned(name)), ought)

    @rule(days=st.none() | st.integers(1, 3))
    def ask_for_purchases(self, days: int | None) -> None:
        self._ask_for_purchases(days)

    def _ask_for_purchases(self, days: int | None) -> None:
        self.tick().lapse_days = days
        Wishlist.objects.filter(pk=self.world.list_id).update(lapse_days=days)

    @rule(hours=st.sampled_from([1, 10, 24, 40, 60, 90]))
    def wait_a_while(self, hours: int) -> None:
        """Let time pass and run the jobs. The database decides the order of jobs that are due at the same moment."""
        ledger = self.tick(timedelta(hours=hours))
        ledger.start_terms()
        start_terms()
        held = self.world.held().items()
        due = [place for place, row in held if row["lapses_at"] and row["lapses_at"] <= ledger.now]
        due = [place for place in due if ledger.there(place[0])]
        assert set(due) == ledger.due()
        assert lapse_due_reservations() == sum(map(ledger.lapse, due))
        assert end_due_collections() == ledger.end_due()
        assert reveal_due_wishlists() == ledger.reveal_if_due()

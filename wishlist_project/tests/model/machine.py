"""What is: the services on a real database, driven at random, and after each step compared with the ledger, whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.models import User
from wishlist_project.base.refusals import Refusal
from wishlist_project.tests.model.ledger import Ledger, Place, Wish
from wishlists.audience import Sight, Viewer
from wishlists.models import Item, Reservation, Waiter, Wishlist
from wishlists.projections import ItemFacts, project_item, read_items
from wishlists.services.contributing import contribute
from wishlists.services.items import add_item, edit_item, mark_item, remove_item, restore_item
from wishlists.services.lapsing import lapse_due_reservations, start_terms
from wishlists.services.lists import create_wishlist
from wishlists.services.people import join_guest, share_wishlist
from wishlists.services.reserving import change_reservation, release_item, release_reservation, reserve_item
from wishlists.services.reveal import reveal_wishlist
from wishlists.services.waiting import stop_waiting, wait_for_item

START = datetime(2026, 5, 4, 10, tzinfo=UTC)
WISHES = {"kettle": Wish(1), "cups": Wish(3), "sweets": Wish(None)}
PEOPLE = ("Bob", "Carol", "Dora")
GIVERS = (*PEOPLE, "Grandma")
CHOICES = {
    "one of these": UUID("6f1c5bd2-59a5-4fd0-9c0e-0d9f6f4b4a11"),
    "or of those": UUID("0b8c0d2c-7c3e-4b3a-8a86-1f2f3a4b5c6d"),
}

names, givers = st.sampled_from(sorted(WISHES)), st.sampled_from(GIVERS)
units = st.none() | st.integers(1, 4)
stages = st.none() | st.sampled_from(Reservation.Stage.values)
choices = st.sampled_from([None, *CHOICES])
groups = st.sets(st.sampled_from(sorted(WISHES)), max_size=3)


class World:
    """Alice's list, three wishes, three people let in and a guest. Made once, for all examples."""

    def __init__(self) -> None:
        self.alice = User.objects.create(email="owner@example.org", display_name="Alice")
        self.wishlist = create_wishlist(owner=self.alice, title="Birthday", time_zone="UTC")
        self.givers: dict[str, Viewer] = {}
        for name in PEOPLE:
            user = User.objects.create(email=f"{name}@example.org", display_name=name)
            share_wishlist(wishlist=self.wishlist, by=self.alice, email=user.email, role="viewer")
            self.givers[name] = Viewer(user=user)
        self.givers["Grandma"] = Viewer(
            guest=join_guest(wishlist=self.wishlist, name="Grandma"), by_link=True
        )
        owner = Viewer(user=self.alice)
        self.items = {
            name: add_item(wishlist=self.wishlist, by=owner, title=name, quantity=wish.quantity).pk
            for name, wish in WISHES.items()
        }
        self.named = {pk: name for name, pk in self.items.items()}


class Giving(RuleBasedStateMachine):
    """Each example is undone as it ends."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.alice, self.wishlist = self.world.alice, self.world.wishlist
        self.givers, self.items, self.named = self.world.givers, self.world.items, self.world.named
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(transaction.set_rollback, True)
        self.clock = self.undo.enter_context(time_machine.travel(START, tick=False))
        self.ledger = Ledger(START, {name: Wish(wish.quantity) for name, wish in WISHES.items()})

    def teardown(self) -> None:
        self.undo.close()

    # --- steps: the ledger says what must come, refusals included ---

    def step(self, act: Callable[[], object], ought: str) -> None:
        try:
            act()
        except Refusal as refusal:
            said = str(refusal.get_codes())
        else:
            said = ""
        assert said == ought

    def tick(self, by: timedelta = timedelta(seconds=1)) -> Ledger:
        """Time never stands still, so that who came first is always clear."""
        self.ledger.now += by
        self.clock.move_to(self.ledger.now, tick=False)
        return self.ledger

    def seen(self, name: str, viewer: Viewer) -> Item:
        return Item.objects.for_viewer(viewer.user).get(pk=self.items[name]).with_asker()

    def given(self, name: str, giver: str) -> dict[str, Any]:
        return {"item": self.seen(name, self.givers[giver]), "by": self.givers[giver]}

    def owned(self, name: str) -> dict[str, Any]:
        owner = Viewer(user=self.alice)
        return {"item": self.seen(name, owner), "by": owner}

    @initialize(grouped=groups, days=st.none() | st.integers(1, 3), full=st.sampled_from([True, True, False]))
    def begin(self, grouped: set[str], days: int | None, full: bool) -> None:
        """In the middle of things: chance alone would use up its steps before anybody waited for anything."""
        self._ask_for_purchases(days)
        if full:
            self._reserve("kettle", "Bob", 1, None)
            self._reserve("cups", "Carol", 3, None)
            for name, giver in (
                ("kettle", "Carol"),
                ("cups", "Grandma"),
                ("kettle", "Dora"),
                ("cups", "Bob"),
            ):
                self._wait(name, giver)
        for name in sorted(grouped):
            self._choose(name, "one of these")

    @rule(name=names, giver=givers, units=units, stage=stages)
    def reserve(self, name: str, giver: str, units: int | None, stage: str | None) -> None:
        self._reserve(name, giver, units, stage)

    def _reserve(self, name: str, giver: str, units: int | None, stage: str | None) -> None:
        ought = self.tick().reserve(name, giver, units, stage)
        self.step(lambda: reserve_item(**self.given(name, giver), units=units, stage=stage), ought)

    def held(self, place: Place) -> dict[str, Any]:
        name, giver = place
        rows = Reservation.objects.active().held_by(self.givers[giver]).select_related("item__wishlist")
        return {"reservation": rows.get(item=self.items[name]), "by": self.givers[giver]}

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
        """The item, or the reservation: that one also of what was removed."""
        place = data.draw(st.sampled_from(sorted(self.ledger.holds)))
        if by_item:
            ought = self.tick().release(*place)
            self.step(lambda: release_item(**self.given(*place)), ought)
        else:
            mine, ought = self.held(place), self.tick().give_back(*place)
            self.step(lambda: release_reservation(**mine), ought)

    @rule(name=names, giver=givers)
    def give_back_nothing(self, name: str, giver: str) -> None:
        if (name, giver) not in self.ledger.holds:
            ought = self.tick().release(name, giver)
            self.step(lambda: release_item(**self.given(name, giver)), ought)

    @rule(name=names, giver=givers)
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

    @rule(name=names, giver=givers, amount=st.integers(1, 900))
    def chip_in(self, name: str, giver: str, amount: int) -> None:
        ought = self.tick().contribute(name, amount)
        self.step(lambda: contribute(**self.given(name, giver), amount_minor=amount, status="pledged"), ought)

    @rule(name=names, quantity=st.none() | st.integers(1, 4))
    def set_quantity(self, name: str, quantity: int | None) -> None:
        ought = self.tick().edit(name, quantity=quantity)
        self.step(lambda: edit_item(**self.owned(name), quantity=quantity), ought)

    @rule(name=names, choice=choices)
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
        ledger = self.tick()
        if ledger.wishes[name].gone:
            ought, act = ledger.restore(name), restore_item
        else:
            ought, act = ledger.edit(name, gone=True), remove_item
        self.step(lambda: act(**self.owned(name)), ought)

    @rule(days=st.none() | st.integers(1, 3))
    def ask_for_purchases(self, days: int | None) -> None:
        self._ask_for_purchases(days)

    def _ask_for_purchases(self, days: int | None) -> None:
        self.tick().lapse_days = days
        Wishlist.objects.filter(pk=self.wishlist.pk).update(lapse_days=days)

    @rule(hours=st.sampled_from([1, 10, 24, 40, 60, 90]))
    def wait_a_while(self, hours: int) -> None:
        """And let the jobs run. Of what is due at the same moment, the database says which is seen to first."""
        ledger = self.tick(timedelta(hours=hours))
        ledger.start_terms()
        start_terms()
        due = [place for place, _held in self.held_now(lapses_at__lte=ledger.now)]
        due = [place for place in due if not ledger.wishes[place[0]].gone]
        assert set(due) == ledger.due()
        assert lapse_due_reservations() == sum(map(ledger.lapse, due))

    @precondition(lambda self: not self.ledger.revealed)
    @rule(really=st.sampled_from([False, False, False, True]))
    def reveal(self, really: bool) -> None:
        if really:
            self.tick().revealed = True
            wishlist = Wishlist.objects.for_viewer(self.alice).get(pk=self.wishlist.pk)
            reveal_wishlist(wishlist=wishlist, by=self.alice)

    # --- after every step ---

    def held_now(self, **conditions: Any) -> list[tuple[Place, Reservation]]:
        rows = Reservation.objects.active().filter(**conditions).select_related("user", "guest")
        return [(self.place_of(row), row) for row in rows.order_by("lapses_at", "pk")]

    def place_of(self, row: Reservation | Waiter) -> Place:
        giver = row.user.display_name if row.user else row.guest.name  # type: ignore[union-attr]
        return self.named[row.item_id], giver

    @invariant()
    def what_is_held_is_what_ought_to_be(self) -> None:
        held = {place: (row.units, row.stage, row.is_offer, row.lapses_at) for place, row in self.held_now()}
        ought = {
            place: (hold.units, hold.stage, hold.offer, hold.ends)
            for place, hold in self.ledger.holds.items()
        }
        assert held == ought

    @invariant()
    def who_waits_waits_in_order_and_never_for_what_is_free(self) -> None:
        line = [self.place_of(row) for row in Waiter.objects.in_line().select_related("user", "guest")]
        assert line == self.ledger.line
        for name, _giver in line:
            assert self.ledger.wishes[name].gone or self.ledger.free(name) == 0

    @invariant()
    def units_are_counted_and_everybody_sees_what_they_may(self) -> None:
        """Givers what is; recipients, before the reveal, what would be if nobody gave."""
        for facts in read_items(Item.objects.filter(wishlist=self.wishlist), giving=True):
            name, row = self.named[facts.id], facts.row
            assert (row["units_taken"], row["cap"]) == (self.ledger.taken(name), self.ledger.cap(name))
            assert row["cap"] is None or row["units_taken"] <= row["cap"]
            assert row["pledged_minor"] == self.ledger.money.get(name, 0)
            if not self.ledger.wishes[name].gone:
                assert self.says(facts, Sight.FULL) == self.ledger.status(name)
                assert self.says(facts, Sight.BLIND) == self.alone(name).status(name)

    def says(self, facts: ItemFacts, sight: Sight) -> tuple[str, int | None]:
        row = project_item(facts, self.wishlist, sight)
        return row["reservation_status"], row["units_free"]

    def alone(self, name: str) -> Ledger:
        return Ledger(START, {name: self.ledger.wishes[name]})

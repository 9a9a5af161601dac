"""Random steps with money: pledges and payments, for items and for the pot, with and without a target and a deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.funding import POT
from tests.model.ledger import OWNER
from tests.model.stage import Stage, anybody, names
from tests.model.world import PEOPLE, THINGS
from wishlists.services.lists.items import edit_item
from wishlists.services.money.collecting import (
    change_collection,
    end_collection,
    hand_over_collection,
    open_collection,
)
from wishlists.services.money.contributing import (
    change_contribution,
    contribute,
    contribute_to_pot,
    withdraw_contribution,
)

things = st.sampled_from(THINGS)
members = st.sampled_from([*PEOPLE, OWNER])
amounts = st.sampled_from([100, 200, 250, 300, 700])
targets = st.none() | st.sampled_from([200, 500, 1000])
statuses = st.sampled_from(["pledged", "paid"])
currencies = st.sampled_from(["EUR", "EUR", "EUR", "USD"])
deadlines = st.none() | st.integers(1, 60).map(lambda hours: timedelta(hours=hours))


class Chipping(Stage):
    @rule(thing=things, giver=anybody, amount=st.none() | amounts, status=statuses, currency=currencies)
    def chip_in(self, thing: str, giver: str, amount: int | None, status: str, currency: str) -> None:
        """An amount of None means everything that is missing."""
        self._chip_in(thing, giver, amount, status, currency)

    @rule(name=names, giver=anybody, amount=amounts)
    def chip_in_as_it_is_counted(self, name: str, giver: str, amount: int) -> None:
        self._chip_in(name, giver, amount, "pledged", "")

    def _chip_in(self, thing: str, giver: str, amount: int | None, status: str, currency: str) -> None:
        """Without a currency, use the item's."""
        ledger = self.tick()
        counted = currency or ledger.wishes[thing].currency
        ought = ledger.contribute(thing, giver, amount, status, counted)
        fields: dict[str, Any] = {"amount_minor": amount, "status": status, "currency": currency}
        if thing == POT:
            place: dict[str, Any] = {"wishlist": self.world.list_now(), "by": self.who(giver)}
            made = self.step(lambda: contribute_to_pot(**place, **fields), ought)
        else:
            made = self.step(lambda: contribute(**self.given(thing, giver), **fields), ought)
        if made is not None:
            self.numbers[made.pk] = ledger.made

    def chipped_in(self, data: st.DataObject, by: str | None) -> tuple[int, dict[str, Any]]:
        """Draw a contribution made so far, and act as its giver or as somebody else."""
        pk, number = data.draw(st.sampled_from(list(self.numbers.items())))
        found = self.world.contribution(pk)
        giver = next(
            name
            for name, one in self.world.people.items()
            if (one.user or one.guest) == (found.user or found.guest)
        )
        return number, {"contribution": found, "by": by or giver}

    @precondition(lambda self: self.numbers)
    @rule(
        data=st.data(),
        by=st.sampled_from([None, None, None, "Bob", OWNER]),
        amount=st.none() | amounts,
        rest=st.booleans(),
        status=st.none() | statuses,
    )
    def change_what_was_chipped_in(
        self, data: st.DataObject, by: str | None, amount: int | None, rest: bool, status: str | None
    ) -> None:
        number, mine = self.chipped_in(data, by)
        ought = self.tick().change_chip(number, mine["by"], amount, rest, status)
        mine["by"] = self.who(mine["by"])
        fields: dict[str, Any] = {"amount_minor": amount, "rest": rest, "status": status}
        self.step(lambda: change_contribution(**mine, **fields), ought)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), by=st.sampled_from([None, None, None, "Bob", OWNER]))
    def take_back(self, data: st.DataObject, by: str | None) -> None:
        number, mine = self.chipped_in(data, by)
        ought = self.tick().withdraw(number, mine["by"])
        mine["by"] = self.who(mine["by"])
        self.step(lambda: withdraw_contribution(**mine), ought)

    # --- collecting ---

    @rule(thing=things, by=members, currency=currencies, aim=targets, term=deadlines)
    def collect(self, thing: str, by: str, currency: str, aim: int | None, term: timedelta | None) -> None:
        self._collect(thing, by, currency, aim, term)

    def _collect(self, thing: str, by: str, currency: str, aim: int | None, term: timedelta | None) -> None:
        ledger = self.tick()
        deadline = None if term is None else ledger.now + term
        ought = ledger.collect(thing, by, currency, aim, deadline)
        fields: dict[str, Any] = {"currency": currency, "target_minor": aim, "deadline_at": deadline}
        fields["item_id"] = None if thing == POT else self.world.items[thing]
        wishlist, user = self.world.list_now(), self.who(by).user
        self.step(lambda: open_collection(wishlist=wishlist, by=user, **fields), ought)  # type: ignore[arg-type]

    def collected(self, data: st.DataObject, by: str | None) -> tuple[str, str, dict[str, Any]]:
        """Draw an open collection, and act as its organiser or as somebody else."""
        thing = data.draw(st.sampled_from(sorted(self.ledger.drives)))
        asker = by or self.ledger.drives[thing].organiser
        found = self.world.collection(self.world.collected()[thing]["pk"])
        return thing, asker, {"collection": found, "by": self.who(asker).user}

    @precondition(lambda self: self.ledger.drives)
    @rule(data=st.data(), by=st.none() | members, aim=targets)
    def change_target(self, data: st.DataObject, by: str | None, aim: int | None) -> None:
        thing, asker, place = self.collected(data, by)
        ought = self.tick().change_drive(thing, asker, target=aim)
        self.step(lambda: change_collection(**place, target_minor=aim), ought)

    @precondition(lambda self: self.ledger.drives)
    @rule(data=st.data(), by=st.none() | members, term=deadlines)
    def change_deadline(self, data: st.DataObject, by: str | None, term: timedelta | None) -> None:
        thing, asker, place = self.collected(data, by)
        ledger = self.tick()
        deadline = None if term is None else ledger.now + term
        ought = ledger.change_drive(thing, asker, deadline=deadline)
        self.step(lambda: change_collection(**place, deadline_at=deadline), ought)

    @precondition(lambda self: self.ledger.drives)
    @rule(data=st.data(), by=st.none() | members, to=members)
    def hand_over_or_stop(self, data: st.DataObject, by: str | None, to: str) -> None:
        """Hand the collection over. To hand it over to oneself means to stop it."""
        thing, asker, place = self.collected(data, by)
        if to == asker:
            ought = self.tick().stop_collecting(thing, asker)
            self.step(lambda: end_collection(**place), ought)
        else:
            ought = self.tick().hand_over(thing, asker, to)
            user = self.who(to).user
            assert user is not None
            self.step(lambda: hand_over_collection(**place, to_id=user.pk), ought)

    @rule(name=names, currency=currencies)
    def count_in(self, name: str, currency: str) -> None:
        """Change the item's currency. Contributions stay in their own."""
        ought = self.tick().edit(name, currency=currency)
        self.step(lambda: edit_item(**self.owned(name), currency=currency), ought)

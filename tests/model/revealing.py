"""Random reveals, by a request with and without confirmation or by the date, and random removals of the list."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from rest_framework.test import APIRequestFactory, force_authenticate

from tests.model.ledger import OWNER
from tests.model.stage import Stage
from tests.model.world import REVEAL_ON
from wishlists.api.views.gifts import RevealView
from wishlists.services.lists.lists import edit_wishlist, remove_wishlist

_REVEAL = RevealView.as_view()


class Revealing(Stage):
    @rule(
        asker=st.sampled_from(["Bob", "Carol", OWNER]),
        confirmed=st.sampled_from([False, False, True]),
    )
    def ask_for_the_reveal(self, asker: str, confirmed: bool) -> None:
        self._ask_for_the_reveal(asker, confirmed=confirmed)

    def _ask_for_the_reveal(self, asker: str, *, confirmed: bool) -> None:
        """Over HTTP, because the confirmation is part of the API."""
        request = APIRequestFactory().post("/", {"confirm": confirmed} if confirmed else {}, format="json")
        force_authenticate(request, self.who(asker).user)
        ought = self.tick().reveal(asker, confirmed=confirmed)
        answer = _REVEAL(request, wishlist_id=self.world.list_id)
        assert (answer.data["code"] if answer.status_code != 200 else "") == ought

    @rule(days=st.none() | st.integers(-2, 4))
    def move_the_day(self, days: int | None) -> None:
        """Move the date, also after the reveal, when it has no effect any more."""
        self._move_the_day(days)

    def _move_the_day(self, days: int | None) -> None:
        day = None if days is None else REVEAL_ON + timedelta(days=days)
        ought, wishlist = self.tick().set_reveal(day), self.world.list_now()
        self.step(lambda: edit_wishlist(wishlist=wishlist, by=self.world.alice, reveal_on=day), ought)

    @precondition(lambda self: len(self.numbers) > 2)
    @rule(really=st.sampled_from([False] * 7 + [True]))
    def remove_the_list(self, really: bool) -> None:
        if really:
            ought, wishlist = self.tick().remove_list(), self.world.list_now()
            self.step(lambda: remove_wishlist(wishlist=wishlist, by=self.world.alice), ought)

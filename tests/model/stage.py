"""The stage of an example: the world, the ledger and a clock. All of it is rolled back when the example ends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from copy import copy
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from core.errors.refusals import Refusal
from tests.model.funding import MoneyLedger
from tests.model.ledger import OWNER
from tests.model.world import ANYBODY, GIVERS, REVEAL_ON, START, WISHES, World
from wishlists.models.viewers import Viewer

T = TypeVar("T")

names, givers = st.sampled_from(sorted(WISHES)), st.sampled_from(GIVERS)
anybody = st.sampled_from([*ANYBODY[:-1], *ANYBODY])
"""Sometimes the recipient, too."""


class Stage(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[UUID, int] = {}
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(transaction.set_rollback, True)
        self.clock = self.undo.enter_context(time_machine.travel(START, tick=False))
        wishes = {name: copy(wish) for name, wish in WISHES.items()}
        self.ledger = MoneyLedger(START, wishes, reveal_on=REVEAL_ON)

    def teardown(self) -> None:
        self.undo.close()

    def step(self, act: Callable[[], T], ought: str) -> T | None:
        """Call the service. The ledger says what must happen, refusals included."""
        done = None
        try:
            done = act()
        except Refusal as refusal:
            outcome = str(refusal.get_codes())
        else:
            outcome = ""
        assert outcome == ought
        return done

    def tick(self, by: timedelta = timedelta(seconds=1)) -> MoneyLedger:
        """Move the clock on at every step, so that the order of events is always clear."""
        self.ledger.now += by
        self.clock.move_to(self.ledger.now, tick=False)
        return self.ledger

    def who(self, name: str) -> Viewer:
        return self.world.people[name]

    def given(self, name: str, giver: str) -> dict[str, Any]:
        return {"item": self.world.item(name), "by": self.who(giver)}

    def owned(self, name: str) -> dict[str, Any]:
        return self.given(name, OWNER)

"""Budgets limit how much a client may load in a minute. Keys without debt are forgotten."""

from __future__ import annotations

import pytest

from realtime.delivery import byte_budgets
from realtime.delivery.byte_budgets import ByteBudget, ByteBudgets
from realtime.delivery.socket_places import SocketPlaces

pytestmark = pytest.mark.once


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_client_with_anything_left_gets_the_whole_answer_and_then_waits() -> None:
    clock = Clock()
    budget = ByteBudget(600, clock)
    budget.spend(599)
    assert budget.wait_seconds() == 0
    budget.spend(601)
    assert budget.wait_seconds() == 60
    clock.now += 59
    assert budget.wait_seconds() == 1
    clock.now += 2
    assert budget.wait_seconds() == 0


def test_budget_never_refills_past_its_size() -> None:
    clock = Clock()
    budget = ByteBudget(600, clock)
    clock.now += 1_000
    budget.spend(600)
    assert budget.wait_seconds() == 1


def test_key_keeps_its_budget_while_it_has_debt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_budgets, "FORGET_ABOVE", 3)
    clock = Clock()
    budgets = ByteBudgets(clock)
    budgets.of("in debt", 600).spend(700)
    for number in range(100):
        budgets.of(number, 600)
    assert len(budgets) <= 2 * 3 + 1
    assert budgets.of("in debt", 600).wait_seconds() == 10


def test_places_that_were_given_back_are_forgotten() -> None:
    places = SocketPlaces()
    assert [places.take("here", 2) for _ in range(3)] == [True, True, False]
    assert places["here"] == 2
    for _ in range(2):
        places.leave("here")
    assert len(places) == 0

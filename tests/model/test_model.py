"""The model test, and its controls: with any one rule broken, it must fail.

The suite runs the same examples each time, twenty-five on each database and seventy-five with `make test-more`, so that
it fails because of a change and not by chance. `MODEL_EXAMPLES=2000 pytest tests/model` runs others.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core.db.prepared import forget_statements
from tests.model.machine import Giving, playing
from tests.model.world import START, World
from wishlists.models import Contribution, Item
from wishlists.models.giving import ContributionQuerySet
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections import money
from wishlists.services import lapsing, reserving, waitlisting
from wishlists.services import units as holding
from wishlists.services.lists import items, lists, reveal, settings_changes
from wishlists.services.money import collecting, contributing, funding

GIVEN = os.environ.get("MODEL_EXAMPLES")
EXAMPLES = [int(GIVEN)] if GIVEN else [25, pytest.param(75, marks=[pytest.mark.once, pytest.mark.slow])]
STEPS = 25
_QUICK = settings(
    max_examples=25,
    stateful_step_count=STEPS,
    derandomize=not GIVEN,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    # So few steps can be read as they are. Shrinking would replay them for minutes.
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@pytest.fixture(autouse=True)
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(START, tick=False):
        monkeypatch.setattr(Giving, "world", World(), raising=False)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_services_agree_with_the_ledger_after_random_steps(examples: int) -> None:
    run_state_machine_as_test(Giving, settings=settings(_QUICK, max_examples=examples))


def offers_nothing(item: Item, **_: object) -> None:
    pass


def frees_paid_too(given: ContributionQuerySet) -> list[Contribution]:
    return [contributing.free_contribution(contribution=one, by=Viewer()) for one in given.standing()]


def hides_again(wishlist: Any, changed: Any, real: Any = settings_changes.with_reveal_date) -> Any:
    found = real(wishlist, changed)
    return found | {"revealed_at": None} if "reveal_at" in found else found


Break = Callable[[pytest.MonkeyPatch], None]
BROKEN: dict[str, tuple[Break, tuple[str, ...]]] = {
    "alternatives close nothing": (
        lambda patch: patch.setattr(holding, "is_closed", lambda item: False),
        ("nothing", "reserve", "choose", "wait"),
    ),
    "a released unit is offered to nobody": (
        lambda patch: patch.setattr(reserving, "offer_freed", offers_nothing),
        ("full", "wait", "give_back"),
    ),
    "units of a higher quantity are offered to nobody": (
        lambda patch: patch.setattr(items, "offer_freed", offers_nothing),
        ("full", "wait", "set_quantity"),
    ),
    "the line of waiting givers is reversed": (
        lambda patch: patch.setattr(
            waitlisting,
            "_line_of",
            lambda item, left, real=waitlisting._line_of: list(reversed(list(real(item, left)))),
        ),
        ("full", "wait", "give_back"),
    ),
    "nothing lapses": (
        lambda patch: patch.setattr(lapsing, "lapse_of", lambda *_: None),
        ("full", "wait_a_while"),
    ),
    "more units than there are": (
        lambda patch: patch.setattr(reserving, "refuse_unless_free", lambda item, units: None),
        ("full", "reserve", "change"),
    ),
    "a sum may exceed its target": (
        lambda patch: patch.setattr(funding.Fund, "_left", lambda self, others: None),
        ("collecting", "chip_in"),
    ),
    "a deadline frees payments too": (
        lambda patch: patch.setattr(collecting, "free_pledges", frees_paid_too),
        ("collecting", "wait_a_while"),
    ),
    "a removed list keeps pledges": (
        lambda patch: patch.setattr(lists, "free_pledges", lambda given: []),
        ("collecting", "remove_the_list"),
    ),
    "withdrawn contributions still count": (
        lambda patch: patch.setattr(type(Contribution.objects.all()), "standing", lambda rows: rows.all()),
        ("collecting", "take_back"),
    ),
    "contributions in two currencies": (
        lambda patch: patch.setattr(funding.Fund, "refuse_other_currency", lambda self, currency: None),
        ("collecting", "chip_in"),
    ),
    "a contribution to a removed item grows": (
        lambda patch: patch.setattr(contributing, "_refuse_closed", lambda *_: None),
        ("removed", "change_what_was_chipped_in"),
    ),
    "recipients see the money before the reveal": (
        lambda patch: patch.setattr(money, "SEEING_MONEY", tuple(Sight)),
        ("collecting", "ask_for_the_reveal"),
    ),
    "anybody may reveal": (
        lambda patch: patch.setattr(reveal, "may_reveal", lambda viewpoint: True),
        ("collecting", "ask_for_the_reveal"),
    ),
    "another reveal date hides the list again": (
        lambda patch: patch.setattr(lists, "with_reveal_date", hides_again),
        ("revealed", "move_the_day"),
    ),
}


@pytest.mark.once
@pytest.mark.parametrize("rule", BROKEN)
def test_control_model_fails_with_a_broken_rule(
    rule: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    break_it, played = BROKEN[rule]
    break_it(monkeypatch)
    # Statements prepared before the rule was broken don't contain the break, and statements prepared now must not stay.
    forget_statements()
    request.addfinalizer(forget_statements)
    # Enough examples to be sure. The search ends at the first failure.
    found = settings(_QUICK, max_examples=400, stateful_step_count=30)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(playing(*played), settings=found)

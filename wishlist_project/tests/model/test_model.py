"""The model, and that it would notice: with any one rule broken, it must fail.

The suite plays the same hundred examples each time, so that it fails for a change and not by chance;
`MODEL_EXAMPLES=2000 pytest wishlist_project/tests/model` plays others.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from wishlist_project.tests.model.machine import START, Giving, World
from wishlists.models import Item
from wishlists.services import holding, items, lapsing, reserving, waiting

EXAMPLES, STEPS = int(os.environ.get("MODEL_EXAMPLES", "100")), 15
_QUICK = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize="MODEL_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    # So few steps can be read as they are; to shrink them is to replay them for minutes.
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@pytest.fixture(autouse=True)
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(START, tick=False):
        monkeypatch.setattr(Giving, "world", World(), raising=False)


def test_whatever_is_done_in_whatever_order() -> None:
    run_state_machine_as_test(Giving, settings=_QUICK)


def offers_nothing(item: Item, **_: object) -> None:
    pass


Break = Callable[[pytest.MonkeyPatch], None]
BROKEN: dict[str, Break] = {
    "alternatives close nothing": lambda patch: patch.setattr(holding, "is_closed", lambda item: False),
    "what is given back is offered to nobody": lambda patch: patch.setattr(
        reserving, "offer_freed", offers_nothing
    ),
    "a higher quantity is offered to nobody": lambda patch: patch.setattr(
        items, "offer_freed", offers_nothing
    ),
    "the last in line is the first": lambda patch: patch.setattr(
        waiting, "_line_of", lambda item, left, real=waiting._line_of: list(reversed(list(real(item, left))))
    ),
    "nothing lapses": lambda patch: patch.setattr(lapsing, "lapse_of", lambda *_: None),
    "a unit more than there is": lambda patch: patch.setattr(
        reserving, "refuse_unless_free", lambda item, units: None
    ),
}


@pytest.mark.once
@pytest.mark.parametrize("rule", BROKEN)
def test_control_it_notices_a_broken_rule(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BROKEN[rule](monkeypatch)
    # Long enough to be sure; it ends as soon as it has found something.
    found = settings(_QUICK, max_examples=400, stateful_step_count=30)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Giving, settings=found)

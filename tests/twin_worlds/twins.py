"""Play scripts in two worlds each, and report where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from random import Random
from typing import Any

from django.db import transaction

from tests.support.stages import may_be_durable
from tests.twin_worlds import scripts
from tests.twin_worlds.chance import BEGINNING, STEP, same_chance_and_time
from tests.twin_worlds.scripts import STEPS, Step
from tests.twin_worlds.world import CANARY, Call, World

Observed = list[tuple[str, Any]]
"""What recipients got, with their requests. Frames, mail and snapshots have names of their own."""


Invent = Callable[[World, Random, int], list[Step]]
"""Returns the next steps of a script. Each step has a number."""


class Leak(AssertionError):
    """Recipients of the two worlds got different answers."""


KINDS = 4
"""The number of kinds of worlds. Seeds with the same remainder have the same policy, and recipients who are moderators
or are not."""


def play_all(seeds: Iterable[int], password_hash: str, cast: type[World] = World) -> list[int]:
    """Play these scripts, with one world for each kind. Return how many secret acts succeeded in each."""
    by_kind = groupby(sorted(seeds, key=_kind), _kind)
    return [acts for kind, some in by_kind for acts in _play_some(kind, some, password_hash, cast)]


def play_written(made: World, invent: Invent, seed: int = 0) -> int:
    """Play a script that `invent` writes for the world `made`. The caller rolls the world back."""
    return _play_twins(seed, made, invent)


def _kind(seed: int) -> int:
    return seed % KINDS


def _play_some(kind: int, seeds: Iterable[int], password_hash: str, cast: type[World]) -> list[int]:
    with transaction.atomic():
        world = make_world(kind, password_hash, cast)
        done = [_play_twins(seed, world) for seed in seeds]
        transaction.set_rollback(True)
    return done


def make_world(kind: int, password_hash: str, cast: type[World] = World) -> World:
    with same_chance_and_time(f"kind {kind}"):
        return cast("status" if kind == 3 else "surprise", kind % 2 == 1, password_hash)


def _play_twins(seed: int, made: World, invent: Invent | None = None) -> int:
    """Play script `seed` in the loud world and again in the quiet one, both as they were `made`. Return how many
    secret acts succeeded.

    With the policy *surprise* nothing secret happens in the quiet world. With *status* it does happen, but other givers
    do it.
    """
    dice = Random(seed)
    steps: list[Step] = []
    acts: list[bool] = []

    def write(world: World, number: int) -> list[Step]:
        invented = (invent or _invent)(world, dice, number)
        steps.extend(invented)
        return invented

    loud = _live(f"{seed}", made, write, acts)
    quietly = [kept for step in steps if (kept := _in_quiet_world(step, made))]
    quiet = _live(f"{seed}", made, lambda _world, number: [step for step in quietly if step.number == number])
    for (asked, got), (_, expected) in zip(loud, quiet, strict=True):
        if CANARY in str(got) and CANARY not in asked:
            raise Leak(f"script {seed}, {asked}: what givers wrote reached a recipient: {got!r}")
        if got != expected:
            raise Leak(f"script {seed}, {asked}:\n{_difference(got, expected)}")
    return sum(acts)


def _invent(world: World, dice: Random, number: int) -> list[Step]:
    """Return the next steps: maybe secret acts of givers, maybe visible ones, then a request of a recipient."""
    made = []
    while dice.random() < 0.6:
        made.append(Step(number, "secret", scripts.secret_call(world, dice)))
    if dice.random() < 0.2:
        made.append(Step(number, "seen", scripts.givers_call(scripts.SEEN, world, dice)))
    if number == STEPS - 2:
        return [*made, *(Step(number, "asked", call) for call in scripts.everything(world, dice))]
    last = number == STEPS - 1 and dice.random() < 0.5
    call = scripts.recipients_call(world, dice, last=last)
    if world.policy == "status" and _moves_givers(call, world):
        call = replace(call, method="GET")
    return [*made, Step(number, "asked", call)]


def _moves_givers(call: Call, world: World) -> bool:
    """Return whether the call may add or remove a giver. A removed giver can no longer act, but in the other world the
    other giver could. That difference would be no secret."""
    givers = [world.people[name] for name in world.GIVERS]
    return call.method != "GET" and any(
        word in f"{call.path} {call.body}" for giver in givers for word in (str(giver.pk), giver.email)
    )


def _in_quiet_world(step: Step, world: World) -> Step | None:
    if step.kind != "secret":
        return step
    if world.policy == "surprise":
        return None
    other = dict(zip(world.GIVERS, reversed(world.GIVERS), strict=True))
    return replace(step, call=replace(step.call, who=other.get(step.call.who, step.call.who)))


def _live(
    seed: str,
    made: World,
    write: Callable[[World, int], list[Step]],
    acts: list[bool] | None = None,
) -> Observed:
    """Run the world from start to end, and roll it back. `acts` gets the secret acts that succeeded."""
    with same_chance_and_time(seed) as (chance, clock), transaction.atomic():
        world = made.again()
        observed: Observed = []
        for number in range(STEPS):
            clock.move_to(BEGINNING + (number + 1) * STEP)
            for place, step in enumerate(write(world, number)):
                chance.begin(f"{number} {step.kind} {place if step.kind == 'secret' else step.call}")
                clock.move_to(BEGINNING + (number + 1) * STEP + timedelta(seconds=_second(step)))
                with transaction.atomic():
                    may_be_durable()
                    got = world.send(step.call)
                    if step.kind == "secret" and acts is not None:
                        acts.append(step.call.api and got[0] < 400)
                    if step.kind in ("asked", "read", "tried"):
                        observed.append((_label(step.call), got))
                    if step.kind in ("asked", "tried"):
                        observed += [("frames and mail", text) for text in [world.observed()]]
                    transaction.set_rollback(step.kind == "tried")
        observed.append(("snapshots", world.snapshots()))
        transaction.set_rollback(True)
    return observed


def _second(step: Step) -> int:
    return {"secret": 10, "seen": 20, "asked": 30, "read": 30, "tried": 30}[step.kind]


def _label(call: Call) -> str:
    return f"{call.who} {call.method} {call.path} {call.body}"


def _difference(loud: Any, quiet: Any) -> str:
    if isinstance(loud, tuple) and loud[:2] == quiet[:2]:
        loud, quiet = loud[2], quiet[2]
    if isinstance(loud, list):
        loud, quiet = [one for one in loud if one not in quiet], [one for one in quiet if one not in loud]
    return f"loud:  {loud!r}\nquiet: {quiet!r}"

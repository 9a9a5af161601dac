"""Draw who gives to whom: uniformly among the best assignments, or say which exclusions leave none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from random import Random

from exchanges.drawing.least_cost import cheapest_pairs
from exchanges.drawing.matching import Assignment, find_assignment, find_blocked
from exchanges.drawing.sampling import sample_assignment

Pair = tuple[int, int]
"""A giver and a receiver."""


class NoAssignment(Exception):
    """There is no assignment. `clashing` are the places of exclusions that leave none together, and no fewer of them do.

    Without any, there are too few people.
    """

    def __init__(self, clashing: list[int]) -> None:
        super().__init__(clashing)
        self.clashing = clashing


def draw(
    people: int,
    exclusions: Sequence[Collection[Pair]],
    dice: Random,
    *,
    kept: Mapping[int, int] | None = None,
    avoided: Collection[Pair] = (),
) -> Assignment:
    """Return the receiver of each of `people`, none of whom gives to themselves.

    Pairs in `exclusions` never occur. As many pairs of `kept` as possible stay. Among those assignments, as few pairs of
    `avoided` as possible occur. Each of the assignments that are left has the same probability. Raises `NoAssignment`.
    """
    allowed = _allowed(people, exclusions)
    if find_assignment(allowed) is None or not people:
        raise NoAssignment(_clashing(people, exclusions))
    costs = dict.fromkeys(avoided, 1)
    for giver, receiver in (kept or {}).items():
        # One pair more that stays is worth more than all pairs to be avoided.
        for other in allowed[giver] - {receiver}:
            costs[giver, other] = costs.get((giver, other), 0) + people + 1
    drawn = sample_assignment(cheapest_pairs(allowed, costs) if costs else allowed, dice)
    assert drawn is not None
    return drawn


def _allowed(people: int, exclusions: Sequence[Collection[Pair]]) -> list[frozenset[int]]:
    forbidden = {pair for some in exclusions for pair in some}
    everybody = range(people)
    return [
        frozenset(other for other in everybody if other != one and (one, other) not in forbidden)
        for one in everybody
    ]


def _clashing(people: int, exclusions: Sequence[Collection[Pair]]) -> list[int]:
    """Return exclusions that leave no assignment. If any of them were lifted, there would be one again."""
    blocked = find_blocked(_allowed(people, exclusions))
    assert blocked is not None or not people
    givers, receivers = blocked or (set(), set())
    needed = [
        place
        for place, pairs in enumerate(exclusions)
        if any(giver in givers and receiver not in receivers for giver, receiver in pairs)
    ]
    for place in list(needed):
        fewer = [one for one in needed if one != place]
        if find_assignment(_allowed(people, [exclusions[one] for one in fewer])) is None:
            needed = fewer
    return needed

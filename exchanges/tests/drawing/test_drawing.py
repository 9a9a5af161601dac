"""The draw: complete, correct and uniform, each against brute force over all permutations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchanges.drawing.drawing import NoAssignment, Pair, draw
from exchanges.drawing.matching import find_assignment, find_blocked
from exchanges.drawing.sampling import (
    TooLong,
    bounds_up_to,
    by_chain,
    by_counting,
    by_rejection,
    count_assignments,
    sample_assignment,
    shares,
)

pytestmark = pytest.mark.once

Way = Callable[[list[frozenset[int]], Random], list[int]]

UNHURRIED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def brute(people: int, forbidden: set[Pair]) -> list[tuple[int, ...]]:
    """Return all assignments."""
    return [
        one
        for one in permutations(range(people))
        if all(giver != taken and (giver, taken) not in forbidden for giver, taken in enumerate(one))
    ]


@st.composite
def exclusions_of(draw_: Any, most: int = 8) -> tuple[int, list[list[Pair]]]:
    """Any number of people up to eight, and exclusions: single pairs, couples, and sets such as last year's."""
    people = draw_(st.integers(2, most))
    pair = st.tuples(st.integers(0, people - 1), st.integers(0, people - 1)).filter(
        lambda one: one[0] != one[1]
    )
    couple = pair.map(lambda one: [one, one[::-1]])
    everything = st.lists(pair, max_size=people)
    return people, draw_(st.lists(st.one_of(pair.map(lambda one: [one]), couple, everything), max_size=14))


@UNHURRIED
@given(exclusions_of(), st.randoms(use_true_random=False))
def test_draw_finds_an_assignment_whenever_there_is_one(
    case: tuple[int, list[list[Pair]]], dice: Random
) -> None:
    people, exclusions = case
    possible = brute(people, {pair for some in exclusions for pair in some})
    try:
        drawn = draw(people, exclusions, dice)
    except NoAssignment as error:
        assert possible == []
        clashing = [exclusions[place] for place in error.clashing]
        assert brute(people, {pair for some in clashing for pair in some}) == [], "these alone leave no way"
        for place in range(len(clashing)):
            fewer = clashing[:place] + clashing[place + 1 :]
            assert brute(people, {pair for some in fewer for pair in some}), (
                "without any of them there is one"
            )
    else:
        assert tuple(drawn) in possible


@pytest.mark.parametrize("people", [0, 1])
def test_too_few_people_have_no_assignment(people: int) -> None:
    with pytest.raises(NoAssignment) as refusal:
        draw(people, [], Random(0))
    assert refusal.value.clashing == []


@UNHURRIED
@given(exclusions_of(6), st.randoms(use_true_random=False), st.data())
def test_redraw_keeps_as_many_as_possible_and_then_avoids_most(
    case: tuple[int, list[list[Pair]]], dice: Random, data: Any
) -> None:
    people, exclusions = case
    numbers = st.integers(0, people - 1)
    givers = data.draw(st.permutations(range(people)))
    kept = dict(zip(data.draw(st.lists(numbers, unique=True)), givers, strict=False))
    avoided = data.draw(st.sets(st.tuples(numbers, numbers), max_size=people))
    possible = brute(people, {pair for some in exclusions for pair in some})
    if not possible:
        return

    def worth(one: tuple[int, ...]) -> tuple[int, int]:
        pairs = set(enumerate(one))
        return len(pairs & set(kept.items())), -len(pairs & avoided)

    drawn = draw(people, exclusions, dice, kept=kept, avoided=avoided)
    assert worth(tuple(drawn)) == max(map(worth, possible))


def test_leaving_changes_one_giver_only() -> None:
    """Somebody leaves a round of twelve: their giver gets their receiver."""
    before = {giver: (giver + 1) % 12 for giver in range(12)}
    kept = {giver: taken for giver, taken in before.items() if 11 not in (giver, taken)}
    after = draw(11, [], Random(3), kept=kept)
    assert after == [*range(1, 11), 0]


@UNHURRIED
@given(exclusions_of(7))
def test_blocked_givers_have_fewer_receivers_than_they_are(case: tuple[int, list[list[Pair]]]) -> None:
    people, exclusions = case
    forbidden = {pair for some in exclusions for pair in some}
    allowed = [
        frozenset(one for one in range(people) if one != giver and (giver, one) not in forbidden)
        for giver in range(people)
    ]
    blocked = find_blocked(allowed)
    assert (blocked is None) == (find_assignment(allowed) is not None) == bool(brute(people, forbidden))
    if blocked is not None:
        givers, receivers = blocked
        assert len(givers) > len(receivers)
        assert set().union(*(allowed[giver] for giver in givers)) == receivers
    assert count_assignments(allowed) == len(brute(people, forbidden))


# --- uniform --------------------------------------------------------------------------------------------------------

FAMILY = 6
COUPLES: set[Pair] = {(0, 1), (1, 0), (2, 3), (3, 2), (4, 0)}
"""Two couples, one pair that is excluded in one direction, and somebody without exclusions."""
FORBIDDEN = [
    frozenset(one for one in range(FAMILY) if one != giver and (giver, one) not in COUPLES)
    for giver in range(FAMILY)
]
POSSIBLE = brute(FAMILY, COUPLES)
DRAWS = 12_000
# The 99.99 % quantile of chi-square with `len(POSSIBLE) - 1` degrees of freedom, by Wilson and Hilferty.
_FREE = len(POSSIBLE) - 1
LIMIT = _FREE * (1 - 2 / (9 * _FREE) + 3.719 * (2 / (9 * _FREE)) ** 0.5) ** 3


def chi_square(way: Way, draws: int = DRAWS) -> float:
    """Return how far the numbers of draws of each assignment are from equal. The seed is fixed."""
    dice, expected = Random(20261224), draws / len(POSSIBLE)
    counted = Counter(tuple(way(FORBIDDEN, dice)) for _ in range(draws))
    assert set(counted) <= set(POSSIBLE)
    return sum((counted[one] - expected) ** 2 / expected for one in POSSIBLE)


def whole_draw(_allowed: list[frozenset[int]], dice: Random) -> list[int]:
    return draw(FAMILY, [COUPLES], dice)


def short_chain(allowed: list[frozenset[int]], dice: Random) -> list[int]:
    return by_chain(allowed, dice, steps=300)


def one_after_the_other(allowed: list[frozenset[int]], dice: Random) -> list[int]:
    """Each giver takes any free receiver in turn, and if the last finds none, all begin again: what many draws do."""
    while True:
        free, drawn = set(range(len(allowed))), list[int]()
        for some in allowed:
            if not (left := sorted(some & free)):
                break
            drawn.append(dice.choice(left))
            free.remove(drawn[-1])
        else:
            return drawn


def one_round(allowed: list[frozenset[int]], dice: Random) -> list[int]:
    """All sit in one circle: no two give to each other."""
    while True:
        seats = dice.sample(range(len(allowed)), len(allowed))
        taken = dict(zip(seats, [*seats[1:], seats[0]], strict=True))
        if all(taken[giver] in allowed[giver] for giver in taken):
            return [taken[giver] for giver in range(len(allowed))]


@pytest.mark.parametrize("way", [whole_draw, by_rejection, by_counting], ids=lambda way: way.__name__)
def test_each_assignment_is_equally_likely(way: Way) -> None:
    assert len(POSSIBLE) > 50
    assert chi_square(way) < LIMIT


def test_chain_comes_close() -> None:
    assert chi_square(short_chain, 4_000) < LIMIT


@pytest.mark.parametrize("way", [one_after_the_other, one_round], ids=lambda way: way.__name__)
def test_control_usual_ways_are_not_uniform(way: Way) -> None:
    assert chi_square(way) > 2 * LIMIT


def test_redraw_is_uniform_among_the_best() -> None:
    """Of four, one left and three are new: the kept pair stays, and the others are equally likely."""
    dice, kept = Random(5), {0: 1}
    best = [one for one in brute(5, set()) if one[0] == 1]
    counted = Counter(tuple(draw(5, [], dice, kept=kept)) for _ in range(4_000))
    assert set(counted) == set(best)
    expected = 4_000 / len(best)
    assert (
        sum((counted[one] - expected) ** 2 / expected for one in best) < 37
    )  # 10 degrees of freedom, 99.99 %


@pytest.mark.parametrize("size", range(1, 9))
def test_shares_of_givers_never_exceed_one(size: int) -> None:
    """This is why rejection is exact: what is missing to 1 begins the draw again."""
    dice, bounds = Random(size), bounds_up_to(30)
    for _ in range(300):
        rest = [dice.randint(1, 30) for _ in range(size)]
        assert sum(shares(rest, range(size), bounds)) <= 1 + 1e-12


# --- size -----------------------------------------------------------------------------------------------------------


def ring(people: int, choices: int) -> list[frozenset[int]]:
    """Everybody may give to the next few in a circle: as many exclusions as can be."""
    return [frozenset((giver + step) % people for step in range(1, choices + 1)) for giver in range(people)]


def test_many_exclusions_are_counted_where_rejection_takes_too_long() -> None:
    allowed = ring(100, 3)
    with pytest.raises(TooLong):
        by_rejection(allowed, Random(1), tries=50)
    drawn = by_counting(allowed, Random(1))
    assert sorted(drawn) == list(range(100))
    assert all(taken in allowed[giver] for giver, taken in enumerate(drawn))


def test_hundred_people_are_drawn_by_rejection() -> None:
    dice = Random(2)
    allowed = [
        frozenset(one for one in range(100) if one != giver and one // 4 != giver // 4)
        for giver in range(100)
    ]
    drawn = sample_assignment(allowed, dice)
    assert drawn is not None
    assert sorted(drawn) == list(range(100))
    assert by_rejection(allowed, dice, tries=400)

"""Choose one of all assignments, each with the same probability (docs/exchanges.md, docs/adr/).

Three ways, each used where the one before would take too long:

1. *Rejection with a bound* (Huber and Law, 2008). Receivers are taken one by one, and each giver gets the next one with the
   probability bound(rest) / bound(now), where the bound is never less than the number of assignments. What is missing to 1
   means: begin again. The probabilities of a path multiply to 1 / bound(start), the same for each assignment. Exact.
2. *Counting*: the numbers of ways to serve the first givers, by the set of receivers that they use. Exact.
3. *A Markov chain* over assignments and those that lack one pair. Its limit is the uniform distribution, and it is stopped
   after a fixed number of steps, so this one is not exact. We know no exchange that needs it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from exchanges.drawing.matching import Allowed, Assignment, find_assignment, groups_of_choices

MOST_TRIES = 60_000
"""Attempts of rejection, divided by the number of people: each takes longer the more there are."""
MOST_STATES = 80_000
CHAIN_STEPS = 200_000


class TooLong(Exception):
    """An exact way would take too long."""


def sample_assignment(allowed: Allowed, dice: Random) -> Assignment | None:
    """Return one of all assignments, or None if there is none."""
    found = find_assignment(allowed)
    if found is None:
        return None
    drawn = list(found)
    for givers in groups_of_choices(allowed, found):
        receivers = [found[giver] for giver in givers]
        if len(givers) == 1:
            continue
        place = {receiver: number for number, receiver in enumerate(receivers)}
        among = [frozenset(place[one] for one in allowed[giver] if one in place) for giver in givers]
        for giver, number in zip(givers, _sample(among, dice), strict=True):
            drawn[giver] = receivers[number]
    return drawn


def _sample(allowed: Allowed, dice: Random) -> Assignment:
    """Return one of all assignments of a group in which each pair is part of some assignment."""
    for way in (by_rejection, by_counting):
        try:
            return way(allowed, dice)
        except TooLong:
            continue
    return by_chain(allowed, dice)


# --- rejection ------------------------------------------------------------------------------------------------------


def by_rejection(allowed: Allowed, dice: Random, *, tries: int | None = None) -> Assignment:
    """Return one of all assignments. Raises `TooLong` after `tries` attempts."""
    if tries is None:
        tries = MOST_TRIES // len(allowed)
    givers_of: list[list[int]] = [[] for _ in allowed]
    for giver, some in enumerate(allowed):
        for receiver in some:
            givers_of[receiver].append(giver)
    bounds = bounds_up_to(len(allowed))
    for _ in range(tries):
        drawn = _attempt(allowed, givers_of, bounds, dice)
        if drawn is not None:
            return drawn
    raise TooLong


def bounds_up_to(most: int) -> list[float]:
    """Return the factor of a giver with r choices, for r from 0 to `most`: (r + ln(r) / 2 + e - 1) / e.

    The product over all givers is at least the number of assignments. Taking away one receiver, in each way in which it
    can be given, does not make the sum of the products larger. A giver without a choice makes the number 0.
    """
    return [0.0, *((r + math.log(r) / 2 + math.e - 1) / math.e for r in range(1, most + 1))]


def shares(rest: Sequence[int], givers: Sequence[int], bounds: Sequence[float]) -> list[float]:
    """Return the probability with which each of `givers` gets the receiver that all of them may give to.

    `rest[giver]` is the number of choices that a giver has left. The sum is at most 1.
    """
    ratios = [bounds[rest[giver] - 1] / bounds[rest[giver]] for giver in givers]
    before = [1.0]
    for ratio in ratios:
        before.append(before[-1] * ratio)
    after, found = 1.0, [0.0] * len(givers)
    for place in range(len(givers) - 1, -1, -1):
        found[place] = before[place] * after / bounds[rest[givers[place]]]
        after *= ratios[place]
    return found


def _attempt(
    allowed: Allowed, givers_of: list[list[int]], bounds: list[float], dice: Random
) -> Assignment | None:
    """Try once. The next receiver is always the one with the fewest givers left, whose shares miss 1 by little."""
    rest, left = [len(some) for some in allowed], [len(some) for some in givers_of]
    drawn, open_receivers = [-1] * len(allowed), set(range(len(allowed)))
    while open_receivers:
        receiver = min(open_receivers, key=left.__getitem__)
        open_receivers.remove(receiver)
        givers = [giver for giver in givers_of[receiver] if drawn[giver] < 0]
        chosen, point = None, dice.random()
        for giver, share in zip(givers, shares(rest, givers, bounds), strict=True):
            point -= share
            if point < 0:
                chosen = giver
                break
        if chosen is None:
            return None
        drawn[chosen] = receiver
        for giver in givers:
            rest[giver] -= 1
        for other in allowed[chosen]:
            left[other] -= 1
    return drawn


# --- counting -------------------------------------------------------------------------------------------------------


def by_counting(allowed: Allowed, dice: Random, *, states: int = MOST_STATES) -> Assignment:
    """Return one of all assignments. Raises `TooLong` if there are more than `states` sets of used receivers."""
    order = _narrow_order(allowed)
    layers = _ways(allowed, order, states)
    drawn, used = [-1] * len(allowed), 0
    for step in range(len(order) - 1, -1, -1):
        giver, gone = order[step], _closed_after(allowed, order, step)
        arrivals = [
            (before, receiver, ways)
            for before, ways in layers[step].items()
            for receiver in allowed[giver]
            if not before >> receiver & 1 and _rest((before | 1 << receiver), gone) == used
        ]
        point = dice.randrange(sum(ways for _before, _receiver, ways in arrivals))
        for before, receiver, ways in arrivals:
            point -= ways
            if point < 0:
                drawn[giver], used = receiver, before
                break
    return drawn


def count_assignments(allowed: Allowed) -> int:
    """Return the number of assignments."""
    order = list(range(len(allowed)))
    return sum(_ways(allowed, order, math.inf)[-1].values())


def _ways(allowed: Allowed, order: list[int], most: float) -> list[dict[int, int]]:
    """Return, after each number of givers, how many ways lead to each set of used receivers.

    Receivers that no later giver may have must be used by then, so they need not be told apart.
    """
    layers, total = [{0: 1}], 0
    for step, giver in enumerate(order):
        gone = _closed_after(allowed, order, step)
        following: dict[int, int] = {}
        for used, ways in layers[-1].items():
            for receiver in allowed[giver]:
                if not used >> receiver & 1 and (rest := _rest(used | 1 << receiver, gone)) is not None:
                    following[rest] = following.get(rest, 0) + ways
            if total + len(following) > most:
                raise TooLong
        layers.append(following)
        total += len(following)
    return layers


def _rest(used: int, gone: int) -> int | None:
    """Return the used receivers without those that are `gone`, or None if one of these is not used."""
    return used & ~gone if used & gone == gone else None


def _closed_after(allowed: Allowed, order: list[int], step: int) -> int:
    """Return the receivers whose last possible giver is the one at `step`."""
    later: set[int] = set().union(*(allowed[giver] for giver in order[step + 1 :]))
    return sum(1 << receiver for receiver in allowed[order[step]] - later)


def _narrow_order(allowed: Allowed) -> list[int]:
    """Return the givers in an order in which few receivers are open at the same time."""
    left, seen, order = set(range(len(allowed))), set[int](), list[int]()
    while left:
        giver = min(left, key=lambda one: (len(allowed[one] - seen), one))
        left.remove(giver)
        order.append(giver)
        seen |= allowed[giver]
    return order


# --- a Markov chain -------------------------------------------------------------------------------------------------


def by_chain(allowed: Allowed, dice: Random, *, steps: int = CHAIN_STEPS) -> Assignment:
    """Return an assignment after a long random walk over assignments and those that lack one pair (Broder, 1986).

    Each step picks a pair, and adds, removes or exchanges it. Steps in both directions are equally likely, so in the limit
    every assignment is.
    """
    found = find_assignment(allowed)
    assert found is not None
    receiver_of: dict[int, int] = dict(enumerate(found))
    giver_of = {receiver: giver for giver, receiver in receiver_of.items()}
    pairs = [(giver, receiver) for giver, some in enumerate(allowed) for receiver in sorted(some)]
    last, done = dict(receiver_of), 0
    while done < steps or len(receiver_of) < len(allowed):
        done += 1
        giver, receiver = pairs[dice.randrange(len(pairs))]
        _step(giver, receiver, receiver_of, giver_of, is_whole=len(receiver_of) == len(allowed))
        if len(receiver_of) == len(allowed):
            last = dict(receiver_of)
    return [last[giver] for giver in range(len(allowed))]


def _step(
    giver: int, receiver: int, receiver_of: dict[int, int], giver_of: dict[int, int], *, is_whole: bool
) -> None:
    if is_whole:
        if receiver_of[giver] == receiver:
            del receiver_of[giver], giver_of[receiver]
        return
    if giver not in receiver_of and receiver in giver_of:
        del receiver_of[giver_of[receiver]]
    elif receiver not in giver_of and giver in receiver_of:
        del giver_of[receiver_of[giver]]
    elif giver in receiver_of:
        return
    receiver_of[giver], giver_of[receiver] = receiver, giver

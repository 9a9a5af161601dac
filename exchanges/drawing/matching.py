"""Perfect matchings: whether there is an assignment at all, which pairs can be part of one, and why there is none.

`allowed[giver]` are the receivers to whom `giver` may give. Both are numbered from 0, and there are as many of each.
"""

from __future__ import annotations

from collections.abc import Sequence

Allowed = Sequence[frozenset[int]]
Assignment = list[int]
"""The receiver of each giver."""


def find_assignment(allowed: Allowed) -> Assignment | None:
    """Return an assignment, or None if there is none (Kuhn's algorithm)."""
    giver_of = _largest(allowed)
    if len(giver_of) < len(allowed):
        return None
    found = [0] * len(allowed)
    for receiver, giver in giver_of.items():
        found[giver] = receiver
    return found


def find_blocked(allowed: Allowed) -> tuple[set[int], set[int]] | None:
    """Return givers who have fewer receivers together than they are, and those receivers; None if there are none.

    By Hall's theorem, exactly then is there no assignment.
    """
    giver_of = _largest(allowed)
    left = set(range(len(allowed))) - set(giver_of.values())
    if not left:
        return None
    givers, receivers = {min(left)}, set[int]()
    ahead = list(givers)
    while ahead:
        for receiver in allowed[ahead.pop()] - receivers:
            receivers.add(receiver)
            # Every receiver that is reached has a giver, or the matching would not be largest.
            giver = giver_of[receiver]
            if giver not in givers:
                givers.add(giver)
                ahead.append(giver)
    return givers, receivers


def groups_of_choices(allowed: Allowed, assignment: Assignment) -> list[list[int]]:
    """Return givers in groups, so that each assignment permutes the receivers of each group among its givers.

    A pair is part of some assignment exactly if its receiver is one of the receivers of its giver's group. These are the
    strongly connected components of the graph in which a giver points to the givers of their allowed receivers.
    """
    giver_of = {receiver: giver for giver, receiver in enumerate(assignment)}
    ahead = [[giver_of[receiver] for receiver in sorted(some)] for some in allowed]
    back: list[list[int]] = [[] for _ in allowed]
    for giver, others in enumerate(ahead):
        for other in others:
            back[other].append(giver)
    order = _finished(ahead)
    groups: list[list[int]] = []
    seen: set[int] = set()
    for start in reversed(order):
        if start not in seen:
            group = _reached(back, start, seen)
            groups.append(sorted(group))
    return groups


def _largest(allowed: Allowed) -> dict[int, int]:
    """Return the giver of each receiver in a largest matching."""
    giver_of: dict[int, int] = {}
    for giver in range(len(allowed)):
        _augment(allowed, giver, giver_of, set())
    return giver_of


def _augment(allowed: Allowed, giver: int, giver_of: dict[int, int], tried: set[int]) -> bool:
    for receiver in allowed[giver] - giver_of.keys():
        giver_of[receiver] = giver
        return True
    for receiver in allowed[giver]:
        if receiver not in tried:
            tried.add(receiver)
            if _augment(allowed, giver_of[receiver], giver_of, tried):
                giver_of[receiver] = giver
                return True
    return False


def _finished(ahead: list[list[int]]) -> list[int]:
    """Return all nodes in the order in which a depth-first search leaves them."""
    order: list[int] = []
    seen: set[int] = set()
    for start in range(len(ahead)):
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(ahead[start]))]
        while path:
            node, rest = path[-1]
            following = next((other for other in rest if other not in seen), None)
            if following is None:
                order.append(node)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(ahead[following])))
    return order


def _reached(back: list[list[int]], start: int, seen: set[int]) -> list[int]:
    seen.add(start)
    found, ahead = [start], [start]
    while ahead:
        for other in back[ahead.pop()]:
            if other not in seen:
                seen.add(other)
                found.append(other)
                ahead.append(other)
    return found

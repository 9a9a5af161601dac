"""Which assignments cost least, if some pairs cost something (Kuhn and Munkres).

The algorithm also finds a price for each giver and receiver. An assignment costs least exactly if it uses only pairs that
cost no more than their prices. So choosing among the cheapest is choosing among all assignments of those pairs.
"""

from __future__ import annotations

from collections.abc import Mapping

from exchanges.drawing.matching import Allowed


def cheapest_pairs(allowed: Allowed, costs: Mapping[tuple[int, int], int]) -> list[frozenset[int]]:
    """Return the allowed pairs that an assignment of least cost may use. There must be an assignment.

    Pairs that are not in `costs` cost nothing; no cost is negative.
    """
    size = len(allowed)
    beyond = sum(costs.values()) + 1
    table = [
        [
            costs.get((giver, receiver), 0) if receiver in allowed[giver] else beyond
            for receiver in range(size)
        ]
        for giver in range(size)
    ]
    of_givers, of_receivers = _prices(table)
    return [
        frozenset(
            receiver
            for receiver in allowed[giver]
            if table[giver][receiver] == of_givers[giver] + of_receivers[receiver]
        )
        for giver in range(size)
    ]


def _prices(table: list[list[int]]) -> tuple[list[int], list[int]]:
    """Return optimal prices: no pair costs less than its two prices, and some assignment costs exactly their sum."""
    size = len(table)
    of_givers, of_receivers = [0] * (size + 1), [0] * (size + 1)
    giver_of, way = [0] * (size + 1), [0] * (size + 1)
    for first in range(1, size + 1):
        giver_of[0], here = first, 0
        least, used = [10**18] * (size + 1), [False] * (size + 1)
        while giver_of[here]:
            used[here] = True
            giver, step, following = giver_of[here], 10**18, 0
            row, price = table[giver - 1], of_givers[giver]
            for place in range(1, size + 1):
                if used[place]:
                    continue
                missing = row[place - 1] - price - of_receivers[place]
                if missing < least[place]:
                    least[place], way[place] = missing, here
                if least[place] < step:
                    step, following = least[place], place
            for place in range(size + 1):
                if used[place]:
                    of_givers[giver_of[place]] += step
                    of_receivers[place] -= step
                else:
                    least[place] -= step
            here = following
        while here:
            giver_of[here] = giver_of[way[here]]
            here = way[here]
    return of_givers[1:], of_receivers[1:]

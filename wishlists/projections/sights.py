"""Sets of sights with which fields are declared, and how much is told of one act of giving."""

from __future__ import annotations

from enum import StrEnum

from wishlists.models.viewers import Sight

EVERYBODY = frozenset(Sight)
LET_IN = EVERYBODY - {Sight.HIDDEN, Sight.TOTALS}
"""Those who came by a link are not told of people."""
SEEING_GIVING = frozenset(sight for sight in Sight if sight.sees_giving)
SEEING_MONEY = frozenset({Sight.TOTALS, Sight.FULL})
GIVERS = frozenset({Sight.FULL})
"""And recipients, once nothing is a secret from them."""


class Told(StrEnum):
    """What somebody is told of one act of giving, whose rows they may read at all. OWN: it is theirs. NAMED: by whom, and
    in which words. NAMELESS: neither. OUTSIDE: neither, and nothing among givers."""

    OWN = "own"
    NAMED = "named"
    NAMELESS = "nameless"
    OUTSIDE = "outside"

    @staticmethod
    def of(*, mine: bool, named: bool) -> Told:
        if mine:
            return Told.OWN
        return Told.NAMED if named else Told.NAMELESS


ANYBODY = frozenset(Told)
NAMED = frozenset({Told.OWN, Told.NAMED})
OWN = frozenset({Told.OWN})

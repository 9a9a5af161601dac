"""Sets of sights with which fields are declared, and how much of one gift somebody is told."""

from __future__ import annotations

from enum import StrEnum

from wishlists.models.viewers import Sight

EVERYBODY = frozenset(Sight)
LET_IN = EVERYBODY - {Sight.HIDDEN, Sight.TOTALS}
"""Everybody but viewers who come by a link. Those are not shown people."""
SEEING_GIVING = frozenset(sight for sight in Sight if sight.sees_giving)
SEEING_MONEY = frozenset({Sight.TOTALS, Sight.FULL})
GIVERS = frozenset({Sight.FULL})
"""Givers, and recipients when nothing is hidden from them any more."""


class Told(StrEnum):
    """How much somebody is told of one gift whose row they may read.

    OWN: it is theirs. NAMED: who gave it, with the messages. NAMELESS: neither name nor messages. OUTSIDE: as NAMELESS,
    and nothing that is meant for givers.
    """

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

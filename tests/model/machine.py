"""Drive the real services with random steps on a real database, and compare everything with the ledger after each
step."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RULE_MARKER, initialize

from tests.model.chipping import Chipping
from tests.model.funding import POT
from tests.model.looking import Looking
from tests.model.revealing import Revealing
from tests.model.units import Units
from tests.model.world import WISHES

groups = st.sampled_from([(), (), ("cups", "kettle"), tuple(sorted(WISHES))])


class Giving(Units, Chipping, Revealing, Looking):
    """Each example is rolled back when it ends."""

    scenes: tuple[str, ...] = ("full", "collecting", "removed", "revealed", "nothing")

    @initialize(
        grouped=groups,
        days=st.none() | st.integers(1, 3),
        day=st.sampled_from([None, 0, 3, 30]),
        data=st.data(),
    )
    def begin(self, grouped: tuple[str, ...], days: int | None, day: int | None, data: st.DataObject) -> None:
        """Begin with people who wait and collect already. Random steps alone would be used up before they get there."""
        scene = data.draw(st.sampled_from(self.scenes))
        self._ask_for_purchases(days)
        if day != 0:
            self._move_the_day(day)
        if scene == "full":
            self._all_is_taken()
        if scene in ("collecting", "removed", "revealed"):
            self._two_collect()
        if scene == "removed":
            self._remove_or_restore("kettle")
        if scene == "revealed":
            self._ask_for_the_reveal("Alice", confirmed=True)
        for name in grouped:
            self._choose(name, "one of these")

    def _all_is_taken(self) -> None:
        self._reserve("kettle", "Bob", 1, None)
        self._reserve("cups", "Carol", 3, None)
        for name, giver in (("kettle", "Carol"), ("cups", "Grandma"), ("kettle", "Dora")):
            self._wait(name, giver)

    def _two_collect(self) -> None:
        self._collect("kettle", "Bob", "EUR", 1000, timedelta(days=2))
        self._chip_in("kettle", "Carol", 300, "pledged", "EUR")
        self._chip_in("kettle", "Dora", 250, "paid", "EUR")
        self._collect(POT, "Dora", "EUR", 500, timedelta(hours=30))
        self._chip_in(POT, "Grandma", 200, "pledged", "EUR")


def playing(scene: str, *rules: str) -> type[Giving]:
    """Return a machine that begins with that scene and uses only these rules, for tests that look for one thing."""
    known = {name for name in dir(Giving) if hasattr(getattr(Giving, name), RULE_MARKER)}
    assert known >= set(rules)
    return type("Some", (Giving,), {"scenes": (scene,)} | dict.fromkeys(known - set(rules)))

"""When the supervisor replaces a process: never one that works, soon one that is stopped, in time one that hangs."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from wishlist_project.launch.liveness import BUSY_FACTOR, STOPPED_LOOKS, Heart, Liveness, status_of

pytestmark = pytest.mark.once

SILENT = 30


class Process:
    """One that the test moves."""

    def __init__(self) -> None:
        reads, writes = os.pipe()
        self.writes, self.state, self.worked = writes, "S", 0.0
        self.heart = Heart(writes)
        self.liveness = Liveness(1, reads, SILENT, lambda _pid: (self.state, self.worked))

    def verdicts(self, looks: int, *, beats: bool = False, works: bool = False) -> set[str | None]:
        found = set()
        for _ in range(looks):
            if beats:
                self.heart.beat()
            self.worked += works
            found.add(self.liveness.look())
        return found


@pytest.fixture
def process() -> Iterator[Process]:
    made = Process()
    yield made
    made.liveness.close()
    os.close(made.writes)


def test_one_that_beats_lives(process: Process) -> None:
    assert process.verdicts(10 * SILENT * BUSY_FACTOR, beats=True) == {None}


def test_one_that_starts_may_take_its_time(process: Process) -> None:
    assert process.verdicts(10 * SILENT * BUSY_FACTOR) == {None}


def test_one_that_is_busy_lives_and_its_late_beat_counts(process: Process) -> None:
    """A slow machine: it works and works, and says nothing for minutes."""
    process.verdicts(1, beats=True)
    for _ in range(3):
        assert process.verdicts(SILENT * BUSY_FACTOR - 1, works=True) == {None}
        assert process.verdicts(1, beats=True) == {None}


def test_one_that_neither_answers_nor_works_is_replaced(process: Process) -> None:
    process.verdicts(1, beats=True)
    assert process.verdicts(SILENT - 1) == {None}
    assert process.verdicts(1) == {"does not answer"}


def test_one_that_works_without_end_is_replaced_in_the_end(process: Process) -> None:
    process.verdicts(1, beats=True)
    assert process.verdicts(SILENT * BUSY_FACTOR - 1, works=True) == {None}
    assert process.verdicts(1, works=True) == {"is busy with something that does not end"}


def test_one_that_is_stopped_is_replaced_even_while_it_starts(process: Process) -> None:
    process.state = "T"
    assert process.verdicts(STOPPED_LOOKS - 1) == {None}
    assert process.verdicts(1) == {"is stopped"}


def test_one_that_was_stopped_for_a_moment_lives(process: Process) -> None:
    process.verdicts(1, beats=True)
    for state in "TS" * 20:
        process.state = state
        assert process.verdicts(STOPPED_LOOKS - 1, beats=state == "S") == {None}


def test_a_pipe_that_nobody_reads_stops_no_heart(process: Process) -> None:
    for _ in range(200_000):
        process.heart.beat()
    assert process.verdicts(1) == {None}


def test_linux_tells_the_state_and_the_time() -> None:
    state, seconds = status_of(os.getpid()) or ("", -1.0)
    assert (state, seconds > 0) == ("R", True)
    assert status_of(2**22 + 1) is None

"""When the supervisor replaces a process: never if it works, soon if it is stopped, and after a while if it hangs."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from wishlist_project.launch.liveness import BUSY_FACTOR, STOPPED_LOOKS, Heart, Liveness, status_of

pytestmark = pytest.mark.once

SILENT = 30


class Process:
    """A fake process that the test controls."""

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


def test_process_with_heartbeats_is_kept(process: Process) -> None:
    assert process.verdicts(10 * SILENT * BUSY_FACTOR, beats=True) == {None}


def test_starting_process_is_kept(process: Process) -> None:
    assert process.verdicts(10 * SILENT * BUSY_FACTOR) == {None}


def test_busy_process_with_late_heartbeats_is_kept(process: Process) -> None:
    """On a slow machine it uses the processor, but sends no heartbeat for minutes."""
    process.verdicts(1, beats=True)
    for _ in range(3):
        assert process.verdicts(SILENT * BUSY_FACTOR - 1, works=True) == {None}
        assert process.verdicts(1, beats=True) == {None}


def test_idle_process_without_heartbeats_is_replaced(process: Process) -> None:
    process.verdicts(1, beats=True)
    assert process.verdicts(SILENT - 1) == {None}
    assert process.verdicts(1) == {"does not answer"}


def test_endlessly_busy_process_is_replaced_at_last(process: Process) -> None:
    process.verdicts(1, beats=True)
    assert process.verdicts(SILENT * BUSY_FACTOR - 1, works=True) == {None}
    assert process.verdicts(1, works=True) == {"is busy with something that does not end"}


def test_stopped_process_is_replaced_even_while_starting(process: Process) -> None:
    process.state = "T"
    assert process.verdicts(STOPPED_LOOKS - 1) == {None}
    assert process.verdicts(1) == {"is stopped"}


def test_briefly_stopped_process_is_kept(process: Process) -> None:
    process.verdicts(1, beats=True)
    for state in "TS" * 20:
        process.state = state
        assert process.verdicts(STOPPED_LOOKS - 1, beats=state == "S") == {None}


def test_full_pipe_does_not_block_heartbeats(process: Process) -> None:
    for _ in range(200_000):
        process.heart.beat()
    assert process.verdicts(1) == {None}


def test_status_of_reads_state_and_cpu_time() -> None:
    state, seconds = status_of(os.getpid()) or ("", -1.0)
    assert (state, seconds > 0) == ("R", True)
    assert status_of(2**22 + 1) is None

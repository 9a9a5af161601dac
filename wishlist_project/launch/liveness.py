"""Whether a server process still answers: its event loop writes a byte a second into a pipe, and the supervisor reads.

What counts is how often the supervisor itself came by without finding a byte, not the clock: on a machine that is slow, or was
asleep, both are late. A process that is merely busy uses the processor, and is given much longer. One that was stopped
(SIGSTOP) will not come back by itself, and the kernel says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

STOPPED_LOOKS = 5
"""One look a second. Somebody may stop a process for a moment to look at it."""

BUSY_FACTOR = 10
"""A process that uses the processor is given so many times longer."""


class Heart:
    """In a server process: `beat` never waits and never fails."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        os.set_blocking(pipe, False)

    def beat(self) -> None:
        with suppress(OSError):  # full: nobody reads, for the supervisor is busy. Broken: it is gone.
            os.write(self._pipe, b".")


class Liveness:
    """In the supervisor: what is known of one process. `look` once a second."""

    def __init__(
        self,
        pid: int,
        pipe: int,
        silent_looks: int,
        status: Callable[[int], tuple[str, float] | None] | None = None,
    ) -> None:
        self._pid, self._pipe, self._silent_looks = pid, pipe, silent_looks
        self._status = status or status_of
        os.set_blocking(pipe, False)
        self._has_begun = False
        self._silent = self._idle = self._stopped = 0
        self._processor_seconds = 0.0

    def look(self) -> str | None:
        """Return why the process should be replaced; None while it lives."""
        if self._has_beaten():
            self._has_begun = True
            self._silent = self._idle = 0
        else:
            self._silent += 1
        state, seconds = self._status(self._pid) or ("", self._processor_seconds)
        self._stopped = self._stopped + 1 if state in ("T", "t") else 0
        self._idle = self._idle + 1 if seconds == self._processor_seconds else 0
        self._processor_seconds = seconds
        return self._verdict()

    def close(self) -> None:
        os.close(self._pipe)

    def _verdict(self) -> str | None:
        if self._stopped >= STOPPED_LOOKS:
            return "is stopped"
        if not self._has_begun:  # it may take its time to start
            return None
        if self._silent >= self._silent_looks and self._idle >= self._silent_looks:
            return "does not answer"
        if self._silent >= self._silent_looks * BUSY_FACTOR:
            return "is busy with something that does not end"
        return None

    def _has_beaten(self) -> bool:
        try:
            return bool(os.read(self._pipe, 4_096))
        except BlockingIOError:
            return False


def status_of(pid: int) -> tuple[str, float] | None:
    """Return the state and the processor seconds of a process, as Linux tells them; None where nothing is known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

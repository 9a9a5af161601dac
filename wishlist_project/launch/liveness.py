"""Heartbeats of server processes: the event loop writes a byte per second into a pipe, and the supervisor reads it.

The supervisor counts its own checks without a byte and does not use the clock, because on a slow or suspended machine both
processes are late. A process that is merely busy uses the processor and gets much more time. A stopped process (SIGSTOP)
does not continue by itself; the kernel reports its state.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

STOPPED_LOOKS = 5
"""Checks (one per second) before a stopped process is replaced. Somebody may stop a process briefly to inspect it."""

BUSY_FACTOR = 10
"""A process that uses the processor gets this many times longer."""


class Heart:
    """Sends heartbeats from a server process. `beat` never blocks and never fails."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        os.set_blocking(pipe, False)

    def beat(self) -> None:
        with suppress(OSError):  # full if the supervisor is busy, broken if it is gone
            os.write(self._pipe, b".")


class Liveness:
    """Watches one process, in the supervisor. Call `look` once per second."""

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
        """Return why the process must be replaced, or None if it is alive."""
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
        if not self._has_begun:  # it may start slowly
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
    """Return the state and the processor seconds of a process, from Linux's /proc, or None if they are unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

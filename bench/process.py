"""A child process that exchanges JSON lines, with its CPU time and memory."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 180.0


class Process:
    """A child process that prints JSON lines, or `ready`, or nothing."""

    def __init__(self, *arguments: object, env: Mapping[str, str] | None = None, log: Path) -> None:
        self._log = log
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, *map(str, arguments)],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(env or {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self._in, self._out = self.popen.stdin, self.popen.stdout

    def write(self, text: str) -> None:
        try:
            self._in.write(text.encode() + b"\n")
            self._in.flush()
        except BrokenPipeError:
            raise RuntimeError(f"{self.popen.args!r} ended: {self.said}") from None

    def answers(self, seconds: float) -> bool:
        return bool(select.select([self._out], [], [], seconds)[0])

    def line(self) -> str:
        if not self.answers(SECONDS) or not (line := self._out.readline()):
            raise RuntimeError(f"no answer from {self.popen.args!r} ({self.popen.poll()}): {self.said}")
        return line.decode().strip()

    def ask(self, **values: object) -> dict[str, Any]:
        self.write(json.dumps(values))
        return self.read()

    def read(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.line())
        return answer

    @property
    def said(self) -> str:
        """The last characters of the log, which it may share with other processes."""
        return self._log.read_text()[-2000:]

    def stop(self) -> None:
        self.popen.kill()
        self.popen.wait()
        self._out.close()
        with suppress(BrokenPipeError):
            self._in.close()

    @property
    def family(self) -> list[int]:
        """The ids of the process and its children."""
        own = self.popen.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text()
        return [own, *map(int, children.split())]

    @property
    def resident(self) -> int:
        """Resident memory in bytes, of the process and its children."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.family]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def cpu(self) -> float:
        """CPU seconds of all threads of the process and its children, from the kernel's clock for each process."""
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self.family)

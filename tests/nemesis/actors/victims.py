"""Servers that are killed, frozen, and started again on the same data and port."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.running.servers import Recipe, free_port, start, wait_until_ready
from tests.support.running.site import ROOT

GONE_SECONDS = 60.0


class Victim:
    """A server with all its child processes. `command` can be run again and again."""

    def __init__(
        self, name: str, begin: Callable[[], subprocess.Popen[bytes]], folder: Path, ask: Callable[[], None]
    ) -> None:
        self.name = name
        self._begin, self._folder, self._ask = begin, folder, ask
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start the server, and return when it answers."""
        self._process = self._begin()
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        assert self._process is not None
        wait_until_ready(self._process, self._folder, self._ask)

    def kill(self) -> None:
        """Kill all processes with SIGKILL, without a chance to clean up. Return when none is left."""
        if self._process is None:
            return
        family = self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None
        deadline = time.monotonic() + GONE_SECONDS
        while any(map(_lives, family)):
            assert time.monotonic() < deadline, f"{self.name} does not die"
            time.sleep(0.01)

    def freeze(self) -> None:
        """Stop all processes: connections stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> list[int]:
        assert self._process is not None
        family = _family(self._process.pid)
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return family


@contextmanager
def alive(victim: Victim) -> Iterator[Victim]:
    """Start the victim, and kill it afterwards, whatever state it is in."""
    try:
        victim.start()
        yield victim
    finally:
        victim.kill()


def service(name: str, recipe: Recipe) -> Victim:
    return Victim(name, recipe.start, recipe.folder, recipe.ask)


def server(
    name: str, folder: Path, variables: Mapping[str, str], application: str | None
) -> tuple[Victim, str]:
    """Return a `manage.py serve` and its address, or daphne with another application."""
    port = free_port()
    folder.mkdir()
    env = {key: value for key, value in os.environ.items() if key != "PGOPTIONS"}
    env |= {"PORT": str(port), "PYTHONPATH": str(ROOT)} | dict(variables)
    serve: list[str | Path] = [sys.executable, ROOT / "manage.py", "serve"]
    command = [sys.executable, "-m", "daphne", "-p", str(port), application] if application else serve
    victim = Victim(name, lambda: start(command, folder, None, env), folder, lambda: _ask_health(port))
    return victim, f"http://127.0.0.1:{port}"


def _ask_health(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        if connection.getresponse().status != 200:
            raise OSError("not healthy")
    finally:
        connection.close()


def _family(pid: int) -> list[int]:
    """Return a process and its descendants, itself first: once the parent is stopped, it starts no more children."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return [pid]
    return [pid, *(one for child in text.split() for one in _family(int(child)))]


def _lives(pid: int) -> bool:
    """A zombie that is not reaped yet counts as gone."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False

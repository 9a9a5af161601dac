"""The Makefile: its targets, and Ctrl-C in a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.running.servers import free_port
from tests.support.running.site import ROOT

pytestmark = pytest.mark.once

TARGETS = {
    "run",
    "test",
    "test-more",
    "nemesis",
    "twin-worlds",
    "lint",
    "lock",
    "reset",
    "bench",
    "conformance",
    "help",
}


@pytest.mark.smoke
def test_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^([\w-]+) {2,}\S", done.stdout, re.MULTILINE)) == TARGETS


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_target_refers_to_existing_scripts(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for script in re.findall(r"(?:scripts|bench)/[\w-]+(?:\.py)?", done.stdout):
        assert (ROOT / script).exists(), script


class Terminal:
    """A command in its own session and terminal, as under a shell."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.output = ""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, env)

    def read_until(self, text: str, *, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.output:
            assert time.monotonic() < deadline, self.output
            if select.select([self._terminal], [], [], 1)[0]:
                self.output += os.read(self._terminal, 65536).decode(errors="replace")

    def press_ctrl_c(self) -> int:
        """Press Ctrl-C, and return the exit status of the command (negative: killed by that signal)."""
        os.write(self._terminal, b"\x03")
        try:
            while True:
                assert select.select([self._terminal], [], [], 60)[0], f"it does not end: {self.output}"
                self.output += os.read(self._terminal, 65536).decode(errors="replace")
        except OSError:  # the command has ended
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.parametrize("when", ["Wishlist is running at", "Preparing"])
def test_ctrl_c_in_a_terminal_exits_with_success(tmp_path: Path, when: str) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@{sys.executable} {ROOT / 'manage.py'} serve --demo\n")
    env = os.environ | {
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(free_port()),
        "REDIS_URL": "",
        "DATABASE_URL": "",
    }
    terminal = Terminal(["make", "-f", str(makefile)], env)
    terminal.read_until(when)
    assert terminal.press_ctrl_c() == 0, terminal.output
    assert "Traceback" not in terminal.output
    assert "Error" not in terminal.output
    assert "Stopped. Your data is kept." in terminal.output


INTERRUPTED_WHILE_STRING_RUNS = """
import os, signal
from wishlist_project.launch.terminal import interrupt_by_own_exception
{prepare}
try:
    exec("os.kill(os.getpid(), signal.SIGINT)\\nsignal.pause()")
except KeyboardInterrupt:
    print("Stopped.")
"""


@pytest.mark.parametrize(
    ("prepare", "status"),
    [("interrupt_by_own_exception()", 0), ("", -signal.SIGINT)],
    ids=["product", "control"],
)
def test_ctrl_c_while_a_dataclass_is_imported_ends_with_success(prepare: str, status: int) -> None:
    """Importing a dataclass executes generated code from a string. Ctrl-C at that moment used to make `make run` fail."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_STRING_RUNS.format(prepare=prepare)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (status, "Stopped.\n"), done.stderr

"""Several server processes behind one port: the kernel deals the connections out among them.

The first process binds a socket for each of the others (SO_REUSEPORT), starts them, and only watches. One that dies is
started anew on its socket, on which connections have queued meanwhile. When the first is gone, the others end: their
standard input, of which it holds the other end, says so.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType

from django.core.management.base import CommandError

from wishlist_project.launch.listening import bound

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
STOP_SECONDS = 15.0


class Processes:
    """`number` times `manage.py serve`, each on a socket of its own with the same address."""

    def __init__(self, host: str, port: int, number: int, *, demo: bool) -> None:
        self._sockets = [bound(host, port, shared=True) for _ in range(number)]
        self._demo = demo
        self._children: list[subprocess.Popen[bytes]] = []

    def run(self) -> None:
        """Until a signal ends it."""
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            for number in range(len(self._sockets)):
                self._children.append(self._start(number))
            while True:
                os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
                self._replace_ended()
        finally:
            self._stop()

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        """The first one speaks for all, and has the embedded jobs, where there are any."""
        own = self._sockets[number].fileno()
        options = ["--demo"] if self._demo else []
        return subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, sys.argv[0], "serve", *options, "--skip-checks", "--socket", str(own)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if number else None,
            pass_fds=[own],
            env=os.environ | ({"EMBEDDED_JOBS": "0"} if number else {}),
            process_group=0,  # a Ctrl-C is for the first process, which passes it on
        )

    def _replace_ended(self) -> None:
        for number, child in enumerate(self._children):
            if child.poll() is None:
                continue
            if not self._sockets[number].getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                raise CommandError("A server process ended before it listened; what it said is above.")
            logger.error("Server process %d ended with %d; starting it anew.", child.pid, child.returncode)
            time.sleep(AGAIN_SECONDS)  # it may end at once, over and over
            self._children[number] = self._start(number)

    def _stop(self) -> None:
        for child in self._children:
            child.terminate()
        end = time.monotonic() + STOP_SECONDS
        for child in self._children:
            try:
                child.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def end_with_parent() -> None:
    """In a process that `Processes` has started: end, in order, when its standard input does."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def inherited(number: int) -> socket.socket:
    """The socket that the first process has bound, under the number that it had there."""
    return socket.socket(fileno=number)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

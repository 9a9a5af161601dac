"""Several server processes behind one port: the kernel deals the connections out among them.

The first process binds a socket for each of the others (SO_REUSEPORT), starts them, and only watches. One that dies, or
does not answer any more (liveness.py), is started anew on its socket, on which connections have queued meanwhile. When
the first is gone, the others end: their standard input, of which it holds the other end, says so.
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
from typing import NamedTuple

from django.conf import settings
from django.core.management.base import CommandError

from wishlist_project.launch.listening import bound
from wishlist_project.launch.liveness import Liveness

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
LOOK_SECONDS = 1.0
STOP_SECONDS = 15.0


class Child(NamedTuple):
    process: subprocess.Popen[bytes]
    liveness: Liveness


class Processes:
    """`number` times `manage.py serve`, each on a socket of its own with the same address."""

    def __init__(self, host: str, port: int, number: int, *, demo: bool) -> None:
        self._sockets = [bound(host, port, shared=True) for _ in range(number)]
        self._demo = demo
        self._children: list[Child] = []

    def run(self) -> None:
        """Until a signal ends it."""
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            for number in range(len(self._sockets)):
                self._children.append(self._start(number))
            while True:
                self._end_unresponsive()
                self._replace_ended()
                time.sleep(LOOK_SECONDS)
        finally:
            self._stop()

    def _start(self, number: int) -> Child:
        """The first one speaks for all, and has the embedded jobs, where there are any."""
        own = self._sockets[number].fileno()
        options = ["--demo"] if self._demo else []
        reads, writes = os.pipe()
        options += ["--skip-checks", "--socket", str(own), "--heart", str(writes)]
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, sys.argv[0], "serve", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if number else None,
            pass_fds=[own, writes],
            env=os.environ | ({"EMBEDDED_JOBS": "0"} if number else {}),
            process_group=0,  # a Ctrl-C is for the first process, which passes it on
        )
        os.close(writes)
        return Child(process, Liveness(process.pid, reads, settings.LIVENESS_SECONDS))

    def _end_unresponsive(self) -> None:
        """Kill what does not answer: what it had accepted is reset, and what waits on its socket is served by the next."""
        for child in self._children:
            if reason := child.liveness.look():
                logger.error("Server process %d %s. It is being replaced.", child.process.pid, reason)
                child.process.kill()
                child.process.wait()

    def _replace_ended(self) -> None:
        for number, (child, liveness) in enumerate(self._children):
            if child.poll() is None:
                continue
            if not self._sockets[number].getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                raise CommandError("A server process ended before it listened; what it said is above.")
            logger.error("Server process %d ended with %d. Restarting it.", child.pid, child.returncode)
            time.sleep(AGAIN_SECONDS)  # it may end at once, over and over
            liveness.close()
            self._children[number] = self._start(number)

    def _stop(self) -> None:
        for child, _liveness in self._children:
            child.terminate()
            child.send_signal(signal.SIGCONT)  # one that is stopped can say goodbye too
        end = time.monotonic() + STOP_SECONDS
        for child, _liveness in self._children:
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

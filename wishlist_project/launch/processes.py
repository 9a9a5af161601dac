"""Several server processes on one port: the kernel distributes the connections.

The first process (the supervisor) binds a socket for each server process (SO_REUSEPORT), starts them, and watches them. A
process that dies or hangs (liveness.py) is replaced by a new one on the same socket, where connections have queued
meanwhile. If the supervisor dies, the others notice it by the end of their standard input, and end too.
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
from typing import NamedTuple

from django.conf import settings
from django.core.management.base import CommandError

from wishlist_project.launch.listening import bound
from wishlist_project.launch.liveness import Liveness
from wishlist_project.launch.terminal import interrupt_by_own_exception

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
LOOK_SECONDS = 1.0
STOP_SECONDS = 15.0


class Child(NamedTuple):
    process: subprocess.Popen[bytes]
    liveness: Liveness


class Processes:
    """Supervises `number` processes of `manage.py serve`, each with its own socket on the same address."""

    def __init__(self, host: str, port: int, number: int, *, demo: bool) -> None:
        self._sockets = [bound(host, port, shared=True) for _ in range(number)]
        self._demo = demo
        self._children: list[Child] = []

    def run(self) -> None:
        """Run until a signal."""
        interrupt_by_own_exception(signal.SIGTERM)
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
        """Start a server process. Only the first one prints, and runs embedded jobs if they are on."""
        own = self._sockets[number].fileno()
        options = ["--demo"] if self._demo else []
        reads, writes = os.pipe()
        options += ["--skip-checks", "--socket", str(own), "--heart", str(writes)]
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, sys.argv[0], "serve", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if number else None,
            pass_fds=[own, writes],
            env=os.environ | ({"EMBEDDED_JOBS": "0"} if number else {}),
            process_group=0,  # Ctrl-C goes to the supervisor only, which stops the others
        )
        os.close(writes)
        return Child(process, Liveness(process.pid, reads, settings.LIVENESS_SECONDS))

    def _end_unresponsive(self) -> None:
        """Kill hanging processes. Their open connections are reset; the next process serves those that wait on the socket."""
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
            time.sleep(AGAIN_SECONDS)  # it may crash at every start
            liveness.close()
            self._children[number] = self._start(number)

    def _stop(self) -> None:
        for child, _liveness in self._children:
            child.terminate()
            child.send_signal(signal.SIGCONT)  # so that a stopped process can end too
        end = time.monotonic() + STOP_SECONDS
        for child, _liveness in self._children:
            try:
                child.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def end_with_parent() -> None:
    """Stop this process cleanly when the supervisor dies, which closes its standard input."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def inherited(number: int) -> socket.socket:
    """Return the socket that the supervisor has bound. `number` is its file descriptor."""
    return socket.socket(fileno=number)

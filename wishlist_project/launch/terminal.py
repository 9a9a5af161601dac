"""Let Ctrl-C end a server that was started by make without an error.

make fails on an interrupt even if its child ends well. So the server moves to its own process group and takes the
terminal: Ctrl-C then reaches only the server, it ends with success, and so does make.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, in a class of our own.

    When a KeyboardInterrupt leaves a string that runs in `exec` (dataclasses do that on import), CPython remembers it as not
    handled even if it is caught further out, and ends the process by SIGINT at its exit. It looks for exactly that class.
    """


def interrupt_by_own_exception(number: int = signal.SIGINT) -> None:
    """Raise `Interrupted` on this signal, so that a process that catches it can end with success."""
    signal.signal(number, _raise_interrupted)


def _raise_interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise Interrupted


def take_terminal_from_make() -> None:
    """Take the terminal if make has started us in its foreground; otherwise do nothing."""
    if "MAKELEVEL" not in os.environ or not sys.stdin.isatty():
        return
    if os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp():
        return
    # For a moment we are in the background. Taking the terminal from there would stop us, unless this signal is ignored.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    # make could not resume us after a Ctrl-Z.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())

"""Ctrl-C for a server that make has started.

make answers an interrupt with a failure, whatever its child makes of it. So the server takes the terminal for a
process group of its own: Ctrl-C then reaches the server alone, it ends well, and make sees that it did.
"""

from __future__ import annotations

import os
import signal
import sys


def take_terminal_from_make() -> None:
    """Where make has started us in the foreground of a terminal; elsewhere nothing changes."""
    if "MAKELEVEL" not in os.environ or not sys.stdin.isatty():
        return
    if os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp():
        return
    # From the background, as which we count for a moment, taking the terminal stops a process that does not ignore this.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    # make could not bring back what Ctrl-Z puts aside.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())

"""A Ctrl-C at the moment when daphne's reactor starts is not lost, although startup callbacks swallow exceptions."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

SERVE = """
import os, signal, socket, threading
import django
django.setup()
from wishlist_project.launch.servers import with_daphne
from twisted.internet import reactor

async def application(scope, receive, send):
    pass

def ready():
    reactor.addSystemEventTrigger("before", "startup", os.kill, os.getpid(), signal.SIGINT)

threading.Thread(target=threading.Event().wait, daemon=True).start()  # the signal may reach any thread
with_daphne.serve(application, socket.create_server(("127.0.0.1", 0)), ready)
print("stopped")
"""

LEFT_TO_TWISTED = SERVE.replace(
    "with_daphne.serve(", "with_daphne.stop_on_ctrl_c = lambda: None\nwith_daphne.serve("
)
"""The control: only Twisted's own handler."""


def served(script: str, seconds: float) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "wishlist_project.settings"},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.stdout


def test_ctrl_c_during_startup_stops_the_server() -> None:
    assert served(SERVE, 60) == "stopped\n"


def test_control_twisted_alone_swallows_ctrl_c() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        served(LEFT_TO_TWISTED, 8)

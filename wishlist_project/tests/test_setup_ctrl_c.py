"""A Ctrl-C in the instant in which daphne's reactor starts is not lost: what starts there swallows whatever is raised."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

SERVE = """
import os, signal, socket
import django
django.setup()
from wishlist_project.launch import with_daphne
from twisted.internet import reactor

async def application(scope, receive, send):
    pass

def ready():
    reactor.addSystemEventTrigger("before", "startup", os.kill, os.getpid(), signal.SIGINT)

with_daphne.serve(application, socket.create_server(("127.0.0.1", 0)), ready)
print("stopped")
"""

AT_ONCE = "import signal; signal.pthread_sigmask = lambda *_: None\n"
"""The control: it does not wait."""


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


def test_it_stops() -> None:
    assert served(SERVE, 60) == "stopped\n"


def test_control_one_that_does_not_wait_is_swallowed() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        served(AT_ONCE + SERVE, 8)

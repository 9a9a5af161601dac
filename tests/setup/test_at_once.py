"""If two processes prepare an installation at once, one waits for the other, and the result is complete."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.support.running.site import ROOT

SECONDS = 180
WAITS = "Another process is preparing this installation. Waiting until it is done."

COUNT = """
import django; django.setup()
from accounts.models import User
from wishlists.models import Wishlist
from wishlist_project.demo.occasions import OCCASIONS, PARTY
print(User.objects.count() > 5, Wishlist.objects.count() == len([*OCCASIONS, PARTY]))
"""
HELD = """
import django; django.setup()
from wishlist_project.launch import preparing
with preparing.prepared_alone():
    print("held", flush=True)
    input()
"""
UNLOCKED = """
import contextlib, sys, django; django.setup()
from django.core.management import call_command
from wishlist_project.launch import preparing
preparing._locked = contextlib.nullcontext
call_command("migrate", verbosity=0)
"""


@pytest.fixture
def empty(
    tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, str]]:
    """Create an empty database and an empty folder, and yield the environment for them."""
    own = {
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "wishlist_project.settings",
    }
    if settings.EMBEDDED_DATABASE:
        yield own
        return
    name, server = f"at_once_{uuid4().hex}", connection.settings_dict
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        yield own | {
            "DATABASE_URL": f"postgres://{server['USER']}@{server['HOST']}:{server['PORT'] or 5432}/{name}"
        }
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(own: dict[str, str], *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=os.environ | own, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_concurrent_demo_commands_create_one_demo(empty: dict[str, str]) -> None:
    """`demo` migrates and creates the demo, like `serve --demo`. The second process finds it complete."""
    both = [start(empty, "manage.py", "demo") for _ in range(2)]
    outputs = [process.communicate(timeout=SECONDS) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert "Traceback" not in str(outputs)
    assert sum("Creating the demo" in out for out, _err in outputs) == 1
    assert start(empty, "-c", COUNT).communicate(timeout=SECONDS)[0].strip() == "True True"


def test_migrate_waits_for_another_process(empty: dict[str, str]) -> None:
    """Control: without the lock it does not wait."""
    holder = start(empty, "-c", HELD)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    unlocked = start(empty, "-c", UNLOCKED)
    assert unlocked.communicate(timeout=SECONDS)[1] == ""
    assert unlocked.returncode == 0
    waiting = start(empty, "manage.py", "migrate", "-v", "0")
    assert waiting.stderr is not None
    assert WAITS in waiting.stderr.readline()
    assert waiting.poll() is None
    holder.kill()
    waiting.communicate(timeout=SECONDS)
    assert waiting.returncode == 0
    holder.communicate()

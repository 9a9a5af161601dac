"""Make pytest-playwright use the machine's Chromium and not its own."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from tests.support.plugin import unavailable

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/usr/bin/chromium",
    "/snap/bin/chromium",
)


def find_chromium() -> str | None:
    """Return its path: CHROMIUM in the environment, else the first of the usual names."""
    given = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [given] if given else NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Add our executable. As root the sandbox does not work, and containers have a small /dev/shm."""
    chromium = find_chromium()
    if chromium is None:
        unavailable("Chromium is not on this machine (apt install chromium)")
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.getuid() == 0 else [])]
    return browser_type_launch_args | {"executable_path": chromium, "args": arguments}

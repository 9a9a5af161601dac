"""A server loads what it needs for every request, and the rest when somebody needs it (P17)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.running.site import ROOT

pytestmark = pytest.mark.once

LATER = {
    "confusable_homoglyphs.confusables": "7 MB, for addresses in other scripts",
    "lxml": "4 MB, for product pages and forms that are shown again",
    "PIL": "for avatars",
    "redis": "4 MB, for installations with Redis",
    "channels_redis": "for installations with Redis",
    "twisted": "20 MB, for daphne alone",
    "daphne": "for daphne alone",
    "uvicorn": "for uvicorn alone",
    "faker": "for no server",
    "pytest": "for no server",
}

LOADED = (
    "import sys, django; django.setup(); import wishlist_project.asgi;"
    "from django.urls import get_resolver; get_resolver().url_patterns;"
    "print(*sys.modules)"
)


def loaded(first: str = "") -> set[str]:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "wishlist_project.settings", "ENV_FILE": os.devnull}
    env |= {"DATABASE_URL": "", "REDIS_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", first + LOADED], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_application_loads_without_what_few_need() -> None:
    assert LATER.keys() & loaded() == set()


def test_control_module_that_is_loaded_is_named() -> None:
    assert LATER.keys() & loaded("import lxml.html;") == {"lxml"}

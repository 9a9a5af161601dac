"""The limit on connections depends on how many files the process may open."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

from tests.support.running.site import ROOT
from wishlist_project.launch.servers import connection_bounds as bounds

pytestmark = pytest.mark.once


@pytest.mark.parametrize("descriptors", [256, 1_024, 4_096, 1_000_000])
def test_descriptors_are_reserved_for_database_and_files(
    monkeypatch: pytest.MonkeyPatch, descriptors: int
) -> None:
    monkeypatch.setattr(bounds, "raise_descriptor_limit", lambda: descriptors)
    made = bounds.connection_bounds()
    assert made.connections + bounds.kept_descriptors() <= max(descriptors, 256)
    assert made.connections <= settings.MAX_CONNECTIONS
    assert made.connections_per_address <= made.connections * 3 / 4
    assert bounds.kept_descriptors() > 100


def test_soft_limit_is_raised_to_the_hard_limit() -> None:
    code = "from wishlist_project.launch.servers.connection_bounds import raise_descriptor_limit as r; print(r())"
    limited = f"ulimit -S -n 300; ulimit -H -n 700; exec {sys.executable} -c '{code}'"
    done = subprocess.run(["bash", "-c", limited], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "700"

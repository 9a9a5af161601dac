"""Races of two hundred threads for a few connections are about who wins, not about how fast the machine is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from tests.support.socket_client import SECONDS


@pytest.fixture(autouse=True)
def threads_wait_for_a_connection() -> Iterator[None]:
    """As long as a test may last. A server gives up after ten seconds, which 200 threads can take on a busy machine."""
    with pytest.MonkeyPatch.context() as patch:
        if not settings.EMBEDDED_DATABASE and (pool := getattr(connection, "pool", None)):
            patch.setattr(pool, "timeout", SECONDS)
        yield
